using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Networking.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Ingress.GatewayApi;
using Berth.Ingress.Routing;
using Berth.Ingress.Tls;
using Microsoft.Extensions.Logging;
using IngressObject = Berth.Api.Networking.V1.Ingress;

namespace Berth.Ingress.Sources;

/// <summary>
/// Follows the cluster and publishes what requests are served by:
/// <code>
/// informers → (1) something changed → (2) routes, certificates, endpoints → (3) the new snapshot → (4) status.loadBalancer
/// </code>
/// One loop owns all of it; requests read <see cref="Current"/>. What cannot be used (a Secret without a certificate) is told by an event of
/// the Ingress, and everything else goes on.
/// </summary>
internal sealed partial class IngressFollower : IDisposable
{
    private const string ByService = "ingress-service";
    private const string ServiceNameLabel = "kubernetes.io/service-name";

    /// <summary>Changes within so long share one update.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly IngressServerOptions _options;
    private readonly IClusterClient _client;
    private readonly EventRecorder? _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _changed = new(1, 1);
    private readonly Informer<IngressObject> _ingresses;
    private readonly Informer<IngressClass> _classes;
    private readonly Informer<Service> _services;
    private readonly Informer<EndpointSlice> _slices;
    private readonly Informer<Secret> _secrets;
    private readonly Dictionary<BackendKey, Backend> _backends = [];
    private readonly GatewaySource _gateways;
    private readonly IngressMembers _members;
    private readonly CertificateCache _certificates;
    private readonly HashSet<(ObjectKey, string)> _told = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ProxySnapshot _current;

    public IngressFollower(InformerFactory informers, IngressServerOptions options, EventRecorder? events, ILogger logger, TimeProvider time)
    {
        _options = options;
        _client = informers.Client;
        _events = events;
        _time = time;
        _logger = logger;
        _certificates = new CertificateCache(time);
        _current = new ProxySnapshot(RouteTable.Empty, new CertificateTable(new Dictionary<string, SslStreamCertificateContext>(), _certificates.Fallback));
        _ingresses = Follow<IngressObject>(informers);
        _classes = Follow<IngressClass>(informers);
        _services = Follow<Service>(informers);
        _slices = Follow<EndpointSlice>(informers);
        _secrets = Follow<Secret>(informers);
        _members = new IngressMembers(informers, options, Wake);
        _gateways = new GatewaySource(informers, options, _members, Wake, logger, time);
        _slices.Cache.AddIndex(ByService, static s => s.Metadata.Labels.TryGetValue(ServiceNameLabel, out var name) ? [$"{s.Metadata.Namespace}/{name}"] : []);
    }

    public ProxySnapshot Current => _current;

    /// <summary>Completes when everything that existed at the start is served.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await Task.WhenAll(
            _ingresses.WaitForSyncAsync(cancellation), _classes.WaitForSyncAsync(cancellation), _services.WaitForSyncAsync(cancellation),
            _members.WaitForSyncAsync(cancellation), _slices.WaitForSyncAsync(cancellation), _secrets.WaitForSyncAsync(cancellation)).ConfigureAwait(false);
        // Ends by itself once the Gateway API is there, and with our token otherwise.
        _ = _gateways.RunAsync(cancellation);
        var wait = Timeout.InfiniteTimeSpan;
        while (true)
        {
            // (1)
            await _changed.WaitAsync(wait, cancellation).ConfigureAwait(false);
            wait = Timeout.InfiniteTimeSpan;
            // (2) (3)
            var mine = Mine();
            var gateways = Publish(mine);
            _ready.TrySetResult();
            try
            {
                // (4)
                await EnsureClassAsync(cancellation).ConfigureAwait(false);
                if (_members.IsWriter)
                {
                    var addresses = _members.Addresses;
                    foreach (var ingress in mine)
                        await WriteStatusAsync(ingress, addresses, cancellation).ConfigureAwait(false);
                    await _gateways.WriteStatusesAsync(gateways, cancellation).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                LogWriteFailed(Retry, e.Message);
                wait = Retry;
            }
            await Task.Delay(Interval, _time, cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose() => _changed.Dispose();

    private Informer<T> Follow<T>(InformerFactory informers)
        where T : class, IApiObject<T>
    {
        var informer = informers.For<T>();
        informer.AddHandler(_ => Wake(), (_, _) => Wake(), _ => Wake());
        return informer;
    }

    private void Wake()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // The loop has not yet looked at the change before; it sees both.
        }
        catch (ObjectDisposedException)
        {
            // A shared informer outlives us.
        }
    }

    private List<IngressObject> Mine()
    {
        var classes = _classes.Cache.List().Where(c => c.Spec.Controller == IngressServerOptions.Controller).Select(c => c.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        return [.. _ingresses.Cache.List().Where(i => i.Metadata.DeletionTimestamp is null && IngressReader.ClassOf(i) is { } name && classes.Contains(name))];
    }

    private GatewayState Publish(List<IngressObject> ingresses)
    {
        HashSet<BackendKey> used = [];
        var routes = ingresses.SelectMany(i => IngressReader.Routes(i, BackendOf)).ToList();
        var gateways = _gateways.Read(_services.Cache.Get, _secrets.Cache.Get, BackendOf);
        routes.AddRange(gateways.Routes);
        foreach (var key in _backends.Keys.Where(k => !used.Contains(k)).ToList())
            _backends.Remove(key);
        foreach (var (key, backend) in _backends)
            Fill(key, backend);

        var fallback = _certificates.Fallback;
        Dictionary<string, SslStreamCertificateContext> certificates = new(StringComparer.OrdinalIgnoreCase);
        HashSet<(ObjectKey, string)> problems = [];
        // The oldest Ingress has a name that several claim.
        foreach (var ingress in ingresses.OrderBy(i => i.Metadata.CreationTimestamp?.Value).ThenBy(i => ObjectKey.Of(i).ToString(), StringComparer.Ordinal))
        {
            foreach (var (host, secret) in IngressReader.Certificates(ingress))
            {
                var context = _certificates.Get(secret, _secrets.Cache.Get(secret), out var problem);
                if (context is null)
                    Tell(ingress, problem, problems);
                else if (host.Length > 0)
                    certificates.TryAdd(host, context);
                else if (ReferenceEquals(fallback, _certificates.Fallback))
                    fallback = context;
            }
        }
        foreach (var (host, secret) in gateways.Certificates)
        {
            if (_certificates.Get(secret, _secrets.Cache.Get(secret), out _) is not { } context)
                continue;
            if (host.Length > 0)
                certificates.TryAdd(host, context);
            else if (ReferenceEquals(fallback, _certificates.Fallback))
                fallback = context;
        }
        _told.IntersectWith(problems);
        _told.UnionWith(problems);
        _current = new ProxySnapshot(new RouteTable(routes), new CertificateTable(certificates, fallback));
        LogPublished(ingresses.Count, routes.Count, certificates.Count);
        return gateways;

        Backend BackendOf(BackendKey key)
        {
            used.Add(key);
            if (!_backends.TryGetValue(key, out var backend))
                _backends[key] = backend = new Backend();
            return backend;
        }
    }

    private void Fill(BackendKey key, Backend backend)
    {
        if (_services.Cache.Get(key.Service) is { } service && ServicePorts.Find(service, key.Port) is { } port)
            backend.Set(ServicePorts.Destinations(service, port, _slices.Cache.ByIndex(ByService, key.Service.ToString())), key.IsGrpc ? BackendProtocol.H2c : ServicePorts.ProtocolOf(port));
        else
            backend.Set([], BackendProtocol.Http1);
    }

    // Once, not with each change of anything.
    private void Tell(IngressObject ingress, string problem, HashSet<(ObjectKey, string)> problems)
    {
        var key = (ObjectKey.Of(ingress), problem);
        problems.Add(key);
        if (!_told.Contains(key))
            _events?.Event(ingress, "Warning", "InvalidCertificate", problem);
    }

    private async Task EnsureClassAsync(CancellationToken cancellation)
    {
        if (_classes.Cache.Get("", _options.ClassName) is not null)
            return;
        var isFirst = _classes.Cache.List().Count == 0;
        var wanted = new IngressClass
        {
            Metadata = new()
            {
                Name = _options.ClassName,
                Annotations = isFirst ? ApiMap.Of(("ingressclass.kubernetes.io/is-default-class", "true")) : [],
            },
            Spec = new() { Controller = IngressServerOptions.Controller },
        };
        try
        {
            await _client.CreateAsync(wanted, ct: cancellation).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Another of us was first.
        }
    }

    private async Task WriteStatusAsync(IngressObject ingress, ImmutableArray<System.Net.IPAddress> addresses, CancellationToken cancellation)
    {
        if (addresses.IsEmpty)
            return;
        ApiList<IngressLoadBalancerIngress> wanted = [.. addresses.Select(a => new IngressLoadBalancerIngress { Ip = a.ToString() })];
        if (ingress.Status.LoadBalancer.Ingress.Equals(wanted))
            return;
        try
        {
            await _client.UpdateStatusAsync(ingress with { Status = new() { LoadBalancer = new() { Ingress = wanted } } }, ct: cancellation).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // The change that was in the way wakes us again.
        }
    }

    [LoggerMessage(7601, LogLevel.Debug, "Serving {Ingresses} Ingresses with {Routes} routes and certificates for {Certificates} names")]
    private partial void LogPublished(int ingresses, int routes, int certificates);

    [LoggerMessage(7602, LogLevel.Warning, "The state of Ingresses could not be written, trying again in {Delay}: {Error}")]
    private partial void LogWriteFailed(TimeSpan delay, string error);
}
