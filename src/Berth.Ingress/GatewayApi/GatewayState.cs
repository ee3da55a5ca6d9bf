using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Ingress.Routing;

namespace Berth.Ingress.GatewayApi;

/// <summary>What the objects of the Gateway API come to: routes, certificates by name, and what each object is to say of itself.</summary>
internal sealed record GatewayState(
    IReadOnlyList<Route> Routes,
    IReadOnlyList<(string Host, ObjectKey Secret)> Certificates,
    IReadOnlyDictionary<ObjectKey, JsonObject> GatewayStatuses,
    IReadOnlyDictionary<(string Kind, ObjectKey Key), JsonArray> RouteParents)
{
    public static readonly GatewayState Empty = new([], [], new Dictionary<ObjectKey, JsonObject>(), new Dictionary<(string, ObjectKey), JsonArray>());
}
