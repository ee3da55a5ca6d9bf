using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Ingress.Routing;
using Berth.Ingress.Sources;
using Microsoft.Extensions.Logging;

namespace Berth.Ingress.GatewayApi;

/// <summary>
/// The Gateway API's part of what the ingress controller serves. Its kinds come with definitions that users install when they like: until
/// then this looks for them now and then, and serves nothing. Owned by the follower's loop, save <see cref="RunAsync"/>.
/// </summary>
internal sealed partial class GatewaySource(InformerFactory informers, IngressServerOptions options, IngressMembers members, Action wake, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private volatile Kinds? _kinds;

    /// <summary>Waits for the definitions, then follows the objects until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!await AreDefinedAsync(cancellation).ConfigureAwait(false))
            await Task.Delay(Interval, time, cancellation).ConfigureAwait(false);
        var kinds = new Kinds(
            Follow<GatewayObject<GatewayClassKind>>(), Follow<GatewayObject<GatewayKind>>(), Follow<GatewayObject<HttpRouteKind>>(),
            Follow<GatewayObject<GrpcRouteKind>>(), Follow<GatewayObject<ReferenceGrantKind>>(), Follow<Namespace>());
        await Task.WhenAll(
            kinds.Classes.WaitForSyncAsync(cancellation), kinds.Gateways.WaitForSyncAsync(cancellation), kinds.HttpRoutes.WaitForSyncAsync(cancellation),
            kinds.Namespaces.WaitForSyncAsync(cancellation)).ConfigureAwait(false);
        LogFound();
        _kinds = kinds;
        wake();
    }

    public GatewayState Read(Func<ObjectKey, Service?> services, Func<ObjectKey, Secret?> secrets, Func<BackendKey, Backend> backends)
    {
        if (_kinds is not { } kinds)
            return GatewayState.Empty;
        var classes = Mine(kinds).Select(c => c.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        return GatewayReader.Read(new GatewayView
        {
            Gateways =
            [
                .. kinds.Gateways.Cache.List().Where(g => g.Metadata.DeletionTimestamp is null && classes.Contains(g.Spec.Text("gatewayClassName") ?? ""))
                    .OrderBy(g => g.Metadata.CreationTimestamp?.Value).ThenBy(g => ObjectKey.Of(g).ToString(), StringComparer.Ordinal),
            ],
            HttpRoutes = kinds.HttpRoutes.Cache.List(),
            GrpcRoutes = kinds.GrpcRoutes.Cache.List(),
            Grants = kinds.Grants.Cache.List(),
            NamespaceLabels = name => kinds.Namespaces.Cache.Get("", name)?.Metadata.Labels,
            Services = services,
            Secrets = secrets,
            Backends = backends,
            Addresses = members.Addresses,
            HasHttps = !options.Https.IsEmpty,
            Now = time.GetUtcNow(),
        });
    }

    /// <exception cref="ApiException">The API refuses.</exception>
    public async Task WriteStatusesAsync(GatewayState state, CancellationToken cancellation)
    {
        if (_kinds is not { } kinds)
            return;
        await EnsureClassAsync(kinds, cancellation).ConfigureAwait(false);
        foreach (var item in Mine(kinds))
            await WriteAsync(item, GatewayStatus.Class(item.Metadata.Generation, time.GetUtcNow()), cancellation).ConfigureAwait(false);
        foreach (var (key, status) in state.GatewayStatuses)
        {
            if (kinds.Gateways.Cache.Get(key) is { } gateway)
                await WriteAsync(gateway, status, cancellation).ConfigureAwait(false);
        }
        foreach (var route in kinds.HttpRoutes.Cache.List())
            await WriteParentsAsync("HTTPRoute", route, state, cancellation).ConfigureAwait(false);
        foreach (var route in kinds.GrpcRoutes.Cache.List())
            await WriteParentsAsync("GRPCRoute", route, state, cancellation).ConfigureAwait(false);
    }

    private static IEnumerable<GatewayObject<GatewayClassKind>> Mine(Kinds kinds) =>
        kinds.Classes.Cache.List().Where(c => c.Spec.Text("controllerName") == GatewayReader.Controller);

    private async Task<bool> AreDefinedAsync(CancellationToken cancellation)
    {
        try
        {
            await informers.Client.ListAsync<GatewayObject<HttpRouteKind>>(null, new ListOptions { Limit = 1 }, cancellation).ConfigureAwait(false);
            await informers.Client.ListAsync<GatewayObject<GatewayKind>>(null, new ListOptions { Limit = 1 }, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            return false;
        }
    }

    private Informer<T> Follow<T>()
        where T : class, IApiObject<T>
    {
        var informer = informers.For<T>();
        informer.AddHandler(_ => wake(), (_, _) => wake(), _ => wake());
        return informer;
    }

    private async Task EnsureClassAsync(Kinds kinds, CancellationToken cancellation)
    {
        if (kinds.Classes.Cache.Get("", options.ClassName) is not null)
            return;
        try
        {
            await informers.Client.CreateAsync(
                new GatewayObject<GatewayClassKind>(
                    new() { Name = options.ClassName },
                    new JsonObject { ["spec"] = new JsonObject { ["controllerName"] = GatewayReader.Controller } }),
                ct: cancellation).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Another of us was first.
        }
    }

    // Parents that other controllers wrote are theirs.
    private Task WriteParentsAsync<TKind>(string kind, GatewayObject<TKind> route, GatewayState state, CancellationToken cancellation)
        where TKind : IGatewayKind
    {
        var parents = new JsonArray();
        foreach (var other in route.Status.Objects("parents").Where(p => p.Text("controllerName") != GatewayReader.Controller))
            parents.Add(other.DeepClone());
        foreach (var own in state.RouteParents.GetValueOrDefault((kind, ObjectKey.Of(route))) ?? [])
            parents.Add(own!.DeepClone());
        if (parents.Count == 0 && !route.Status.Objects("parents").Any())
            return Task.CompletedTask;
        return WriteAsync(route, new JsonObject { ["parents"] = parents }, cancellation);
    }

    private async Task WriteAsync<TKind>(GatewayObject<TKind> item, JsonObject status, CancellationToken cancellation)
        where TKind : IGatewayKind
    {
        var wanted = (JsonObject)status.DeepClone();
        GatewayStatus.KeepTimes(wanted, item.Status);
        if (JsonNode.DeepEquals(wanted, item.Status))
            return;
        try
        {
            await informers.Client.UpdateStatusAsync(item.WithStatus(wanted), ct: cancellation).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // The change that was in the way wakes us again.
        }
    }

    [LoggerMessage(7621, LogLevel.Information, "The Gateway API is defined in this cluster: its Gateways of class berth are served")]
    private partial void LogFound();

    private sealed record Kinds(
        Informer<GatewayObject<GatewayClassKind>> Classes,
        Informer<GatewayObject<GatewayKind>> Gateways,
        Informer<GatewayObject<HttpRouteKind>> HttpRoutes,
        Informer<GatewayObject<GrpcRouteKind>> GrpcRoutes,
        Informer<GatewayObject<ReferenceGrantKind>> Grants,
        Informer<Namespace> Namespaces);
}
