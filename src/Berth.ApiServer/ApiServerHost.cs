using System.Text;
using Berth.Api.Core.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Admission.TypeChecks;
using Berth.ApiServer.Aggregation;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.Discovery;
using Berth.ApiServer.FlowControl;
using Berth.ApiServer.Http;
using Berth.ApiServer.Metrics;
using Berth.ApiServer.OpenApi;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Subresources;
using Berth.ApiServer.Watch;
using Berth.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer;

/// <summary>
/// The API server, put together: registries and watch caches over a store, and the pipeline in front of them.
/// <see cref="StartAsync"/> loads the caches, then listens; <see cref="DisposeAsync"/> ends all watches, lets requests in
/// flight finish and stops following the store.
/// </summary>
public sealed class ApiServerHost : IAsyncDisposable
{
    // Long enough for any ordinary request; watches are ended before.
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    private readonly ApiServerOptions _options;
    private readonly WatchCacheHub _hub;
    private readonly UsageCollector _usage;
    private readonly RequestPipeline _pipeline;
    private readonly CustomResourceTable _customResources;
    private readonly ApiPublication _publication;
    private readonly DefinitionReconciler _definitions;
    private readonly PolicyStatusReconciler _policies;
    private readonly AggregatedApis _aggregated;
    private readonly AvailabilityReconciler _availability;
    private readonly AuditLog? _audit;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lifecycle = new();
    private volatile bool _ready;
    private WebApplication? _web;
    private Task _upkeep = Task.CompletedTask;

    public ApiServerHost(ApiServerOptions options)
    {
        _options = options;
        _hub = new WatchCacheHub(options.Store);
        var registries = new RegistryCatalog(_hub);
        var identifiers = new Identifiers(options.Random);
        Services = new RegistryServices
        {
            Store = options.Store,
            Hub = _hub,
            Time = options.Time,
            Identifiers = identifiers,
            Registries = registries,
            Transformer = options.Transformer,
        };
        var routes = new RouteTable();
        var paths = new PathTable();
        var parts = new ApiServerParts(Services, routes, paths);
        registries.Fill(ServedResources.Register(Services, routes));
        var nodes = options.NodeTransport is { } transport ? new HttpMessageInvoker(transport, disposeHandler: false) : ProxyRequest.OpenTransport();
        ServedSubresources.Register(Services, routes, nodes);
        _usage = new UsageCollector(Services, nodes, options.Logging.CreateLogger("Berth.ApiServer.Metrics"));
        ServedMetrics.Register(Services, routes, _usage);
        options.Extend?.Invoke(parts);
        Services.Admission = options.Admission?.Invoke(registries) ?? Services.Admission;

        _customResources = new CustomResourceTable(Services);
        registries.Custom = _customResources.RegistryOfAsync;
        _aggregated = new AggregatedApis(Services, options.ProxyIdentity);
        var aggregation = options.Logging.CreateLogger("Berth.ApiServer.Aggregation");
        var registration = options.RegistersApiServices
            ? new ApiServiceRegistration(Services, [.. routes.All.Select(r => (r.Kind.Group, r.Kind.Version)).Distinct()], aggregation)
            : null;
        _availability = new AvailabilityReconciler(Services, _aggregated, registration, aggregation);
        _publication = new ApiPublication(routes, _customResources, _aggregated, () => options.Listen?.ToString() ?? "localhost");
        _definitions = new DefinitionReconciler(Services, _customResources, options.Logging.CreateLogger("Berth.ApiServer.CustomResources"));
        _policies = new PolicyStatusReconciler(Services, _customResources, options.Logging.CreateLogger("Berth.ApiServer.Admission"));

        var gate = new FlowGate(registries, options.Time);
        var counts = new AuditCounts();
        _audit = options.Audit is { } audit ? new AuditLog(audit, counts, options.Time, options.Logging.CreateLogger("Berth.ApiServer.Audit")) : null;
        var metrics = new RequestMetrics(gate, counts);
        RegisterPaths(parts, metrics);
        _pipeline = new RequestPipeline(
            options.Authenticator?.Invoke(registries) ?? new EverybodyIsAdministrator(),
            options.Authorizer?.Invoke(registries) ?? new EverythingIsAllowed(),
            gate,
            routes,
            paths,
            _customResources,
            _aggregated,
            metrics,
            _audit,
            options.Time,
            identifiers,
            options.Logging.CreateLogger("Berth.ApiServer"));
        Handler = HandleAsync;
    }

    /// <summary>The whole server as one function, without a socket.</summary>
    public RequestDelegate Handler { get; }

    public RegistryServices Services { get; }

    /// <summary>The stored objects as the caches have them.</summary>
    public IObjectReader Objects => Services.Registries;

    /// <summary>Where the server listens, once it does: differs from the options when those name port 0.</summary>
    public Uri? Address { get; private set; }

    /// <summary>A transport for clients in this process.</summary>
    public HttpMessageHandler InProcess(UserInfo user) => new InProcessHandler(Handler, user);

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        await _hub.StartAsync(cancellation).ConfigureAwait(false);
        _upkeep = Task.WhenAll(
            new EventExpiry(Services).RunAsync(_stopping.Token),
            _definitions.RunAsync(_stopping.Token),
            _policies.RunAsync(_stopping.Token),
            _availability.RunAsync(_stopping.Token),
            new Compactor(_options.Store, _options.Time).RunAsync(_stopping.Token),
            // Without a way to speak to agents there is nobody to ask.
            _options.NodeTransport is null ? Task.CompletedTask : _usage.RunAsync(_stopping.Token));
        if (_options.Listen is { } endpoint)
        {
            _web = WebListener.Build(_options, endpoint, Handler);
            await _web.StartAsync(cancellation).ConfigureAwait(false);
            Address = new Uri(_web.Urls.First());
        }

        _ready = true;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lifecycle)
        {
            if (_stopping.IsCancellationRequested)
                return;
            _ready = false;
            _stopping.Cancel();
        }

        _hub.CutOffWatchers();
        if (_web is not null)
        {
            using var limit = new CancellationTokenSource(s_drain);
            await _web.StopAsync(limit.Token).ConfigureAwait(false);
            await _web.DisposeAsync().ConfigureAwait(false);
        }

        await _upkeep.ConfigureAwait(false);
        await _hub.DisposeAsync().ConfigureAwait(false);
        _publication.Dispose();
        _customResources.Dispose();
        _aggregated.Dispose();
        if (_audit is not null)
            await _audit.DisposeAsync().ConfigureAwait(false);
    }

    private Task HandleAsync(HttpContext http) => _pipeline.HandleAsync(http);

    private void RegisterPaths(ApiServerParts parts, RequestMetrics metrics)
    {
        new OpenApiHandler(_publication.OpenApiAsync).Register(parts.Paths);
        var discovery = new DiscoveryHandler(_publication);
        var paths = parts.Paths;
        foreach (var path in new[] { "/api", "/apis" })
        {
            paths.Add(path, discovery);
            paths.Add(path + "/", discovery);
        }

        List<HealthCheck> alive = [new("ping", () => null), new("log", () => null)];
        List<HealthCheck> ready =
        [
            .. alive,
            new("etcd", () => _hub.Failure?.Message),
            new("informer-sync", () => _ready ? null : "the watch caches are not loaded"),
            new("shutdown", () => _stopping.IsCancellationRequested ? "the server is stopping" : null),
            .. parts.HealthChecks,
        ];
        alive.Add(new("etcd", () => _hub.Failure?.Message));
        foreach (var (name, checks) in new[] { ("livez", alive), ("readyz", ready), ("healthz", alive) })
        {
            var handler = new HealthHandler(name, checks);
            paths.Add($"/{name}", handler);
            paths.Add($"/{name}/", handler);
        }

        paths.Add("/version", new DelegateHandler(r => ResponseWriter.BytesAsync(r.Http, 200, ResponseFormat.JsonType, ServerVersion.Json)));
        paths.Add("/version/", new DelegateHandler(r => ResponseWriter.BytesAsync(r.Http, 200, ResponseFormat.JsonType, ServerVersion.Json)));
        paths.Add("/metrics", new DelegateHandler(r => ResponseWriter.BytesAsync(
            r.Http, 200, "text/plain; version=0.0.4; charset=utf-8", Encoding.UTF8.GetBytes(metrics.Render()))));
        paths.Add("/", new DelegateHandler(async r =>
        {
            var documents = await _publication.DiscoveryAsync(r.Cancellation).ConfigureAwait(false);
            var lines = paths.Paths.Where(p => p != "/").Concat(documents.Paths).Distinct().Order(StringComparer.Ordinal).Select(p => $"    \"{p}\"");
            await ResponseWriter.BytesAsync(r.Http, 200, ResponseFormat.JsonType, Encoding.UTF8.GetBytes("{\n  \"paths\": [\n" + string.Join(",\n", lines) + "\n  ]\n}")).ConfigureAwait(false);
        }));
    }

    private sealed class EverybodyIsAdministrator : IAuthenticator
    {
        private static readonly UserInfo s_administrator = UserInfo.Of("admin", UserInfo.MastersGroup, UserInfo.AuthenticatedGroup);

        public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context) => ValueTask.FromResult<AuthenticationResult>(
            new AuthenticationResult.Authenticated(context.Features.Get<InProcessIdentity>()?.User ?? s_administrator, []));
    }
}
