using System.Collections.Immutable;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Ingress.Routing;

namespace Berth.Ingress.GatewayApi;

/// <summary>All that routes are made from, at one moment.</summary>
internal sealed record GatewayView
{
    /// <summary>Of our class, oldest first.</summary>
    public required IReadOnlyList<GatewayObject<GatewayKind>> Gateways { get; init; }

    public required IReadOnlyList<GatewayObject<HttpRouteKind>> HttpRoutes { get; init; }

    public required IReadOnlyList<GatewayObject<GrpcRouteKind>> GrpcRoutes { get; init; }

    public required IReadOnlyList<GatewayObject<ReferenceGrantKind>> Grants { get; init; }

    public required Func<string, ApiMap<string>?> NamespaceLabels { get; init; }

    public required Func<ObjectKey, Service?> Services { get; init; }

    public required Func<ObjectKey, Secret?> Secrets { get; init; }

    public required Func<BackendKey, Backend> Backends { get; init; }

    public required ImmutableArray<System.Net.IPAddress> Addresses { get; init; }

    public required bool HasHttps { get; init; }

    public required DateTimeOffset Now { get; init; }
}
