using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Informers;
using Microsoft.Extensions.Logging;

namespace Berth.Network.Dns;

/// <summary>
/// Cluster DNS: a <see cref="DnsServer"/> whose snapshot follows the API, and the kube-dns Service that leads containers to it.
/// <code>
/// informers → (1) changed keys → (2) DnsService values → (3) next snapshot → server
///           → (4) kube-dns Service and EndpointSlice as they should be
/// </code>
/// Level-triggered; where the API refuses or is not there, it answers from what it has and tries again.
/// </summary>
public sealed partial class ClusterDns : IDisposable
{
    /// <summary>Changes of a burst share a snapshot. Short, because a client may ask for a name right after it was made.</summary>
    private static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(10);

    private readonly ClusterDnsOptions _options;
    private readonly IClusterClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChangedKeys _changes = new();
    private readonly ServiceIndex _index;
    private readonly Informer<Namespace> _namespaces;
    private readonly Lock _namespacesLock = new();
    private readonly DnsServer _server;
    private readonly DnsForwarder _forwarder;
    private readonly Informer<ConfigMap> _settings;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Dictionary<string, bool> _changedNamespaces = [];
    private IPEndPoint? _listening;
    private uint _serial;

    public ClusterDns(InformerFactory informers, ClusterDnsOptions options, ILogger<ClusterDns> logger, TimeProvider? time = null)
    {
        _options = options with
        {
            Forwarder = options.Forwarder with { Excluded = options.Forwarder.Excluded.Add(options.ServiceAddress).Add(options.ListenAddress) },
        };
        _client = informers.Client;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _forwarder = new DnsForwarder(_options.Forwarder, _time);
        _server = new DnsServer(DnsRecords.Empty(options.Zone, options.OwnNetworks.AsSpan()), _forwarder, logger);
        // One object, and not the shared informer's all: a node may read no other.
        _settings = new Informer<ConfigMap>(_client, new InformerOptions
        {
            Namespace = DnsSettings.ConfigNamespace,
            FieldSelector = $"metadata.name={DnsSettings.ConfigName}",
            Time = _time,
        }, logger);
        _settings.AddHandler(SettingsChanged, (_, map) => SettingsChanged(map), _ => _forwarder.Set(DnsSettings.Empty));
        _index = new ServiceIndex(informers, _changes.Add);
        _namespaces = informers.For<Namespace>();
        _namespaces.AddHandler(n => NamespaceChanged(n, true), null, n => NamespaceChanged(n, false));
    }

    /// <summary>Completes when the server answers for everything that existed at the start, and the kube-dns Service leads to it.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Takes the address and a port. Called by <see cref="RunAsync"/> unless it was called before, to see errors early.</summary>
    /// <exception cref="IOException">It cannot listen; the message says where and why.</exception>
    public IPEndPoint Listen() => _listening ??= _server.Listen(_options.ListenAddress, _options.ListenPorts.AsSpan());

    /// <summary>Runs until cancelled; faults where it cannot listen or its socket breaks.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Listen();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll(_index.WaitForSyncAsync(cancellation), _namespaces.WaitForSyncAsync(cancellation)).ConfigureAwait(false);
        // The snapshot first: a negative answer for a name that exists would be kept by the client.
        Publish();
        // Not waited for: names of the cluster need no settings.
        var settings = _settings.RunAsync(stop.Token);
        var serving = _server.RunAsync(stop.Token);
        var following = FollowAsync(stop.Token);
        try
        {
            await await Task.WhenAny(serving, following).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(serving, following, settings).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        var retry = IntervalMin;
        var ensure = true;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                if (ensure)
                {
                    // (4)
                    if (_options.KeepsService)
                        await EnsureServiceAsync(cancellation).ConfigureAwait(false);
                    ensure = false;
                    retry = IntervalMin;
                    _ready.TrySetResult();
                }
                await _changes.WaitAsync(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
                ensure = Publish();
                await Task.Delay(IntervalMin, _time, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or OperationCanceledException)
            {
                // At a first start the namespace is just being made.
                retry = retry * 2 < RetryMax ? retry * 2 : RetryMax;
                LogEnsureFailed(e.Message, retry);
                await Task.Delay(retry, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ensure = true;
                Publish();
            }
        }
    }

    /// <returns>Whether the kube-dns Service is among what changed.</returns>
    private bool Publish()
    {
        // (1)
        var changed = _changes.Take();
        Dictionary<string, bool> namespaces;
        lock (_namespacesLock)
        {
            namespaces = _changedNamespaces;
            _changedNamespaces = [];
        }
        if (changed.Count == 0 && namespaces.Count == 0)
            return false;
        // (2) (3) The serial is the time, so that it grows over restarts too.
        _serial = Math.Max(_serial + 1, (uint)_time.GetUtcNow().ToUnixTimeSeconds());
        _server.Records = _server.Records.With(
            _serial,
            changed.Select(key => KeyValuePair.Create(
                (key.Namespace, key.Name),
                _index.Service(key) is { } service ? DnsServiceReader.Read(service, _index.Slices(key)) : null)),
            namespaces);
        return changed.Contains(new ObjectKey(ClusterDnsOptions.ServiceNamespace, ClusterDnsOptions.ServiceName));
    }

    private void NamespaceChanged(Namespace value, bool exists)
    {
        lock (_namespacesLock)
            _changedNamespaces[value.Metadata.Name] = exists;
        _changes.Wake();
    }

    private void SettingsChanged(ConfigMap map)
    {
        if (map.Metadata is not { Namespace: DnsSettings.ConfigNamespace, Name: DnsSettings.ConfigName })
            return;
        _forwarder.Set(DnsSettings.Read(map.Data, out var problems));
        foreach (var problem in problems)
            LogBadSettings(problem);
    }

    private async Task EnsureServiceAsync(CancellationToken cancellation)
    {
        var key = new ObjectKey(ClusterDnsOptions.ServiceNamespace, ClusterDnsOptions.ServiceName);
        var service = _index.Service(key);
        if (service is null)
        {
            await CreateAsync(KubeDns.Service(_options.ServiceAddress), cancellation).ConfigureAwait(false);
        }
        else if (service.Spec.ClusterIP != _options.ServiceAddress.ToString())
        {
            LogOtherAddress(service.Spec.ClusterIP, _options.ServiceAddress);
        }
        var wanted = KubeDns.Slice(Listen());
        var slice = _index.Slices(key).FirstOrDefault(s => s.Metadata.Name == wanted.Metadata.Name);
        if (slice is null)
        {
            await CreateAsync(wanted, cancellation).ConfigureAwait(false);
        }
        else if (!slice.Endpoints.Equals(wanted.Endpoints) || !slice.Ports.Equals(wanted.Ports))
        {
            var update = slice with { Endpoints = wanted.Endpoints, Ports = wanted.Ports };
            await _client.UpdateAsync(update, ct: cancellation).ConfigureAwait(false);
        }
    }

    // The informer may not have heard yet of what we or another instance made a moment ago.
    private async Task CreateAsync<T>(T value, CancellationToken cancellation)
        where T : class, IApiObject<T>
    {
        try
        {
            await _client.CreateAsync(value, ct: cancellation).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Its event follows and is looked at then.
        }
    }

    public void Dispose() => _server.Dispose();

    [LoggerMessage(7111, LogLevel.Information, "The cluster DNS Service is not in place yet, trying again in {Delay}: {Error}")]
    private partial void LogEnsureFailed(string error, TimeSpan delay);

    [LoggerMessage(7113, LogLevel.Warning, "ConfigMap kube-system/kube-dns: {Problem}")]
    private partial void LogBadSettings(string problem);

    [LoggerMessage(7112, LogLevel.Warning, "Service kube-system/kube-dns has the address {Actual}, but containers are told {Expected}; delete the Service to have it made again")]
    private partial void LogOtherAddress(string actual, IPAddress expected);
}
