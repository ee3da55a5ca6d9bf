using System.Globalization;
using System.Text.Json.Nodes;

namespace Berth.Ingress.GatewayApi;

/// <summary>What the objects say of themselves. Pure. Times of conditions that did not change are put back by <see cref="KeepTimes"/>.</summary>
internal static class GatewayStatus
{
    public static JsonObject Of(GatewayObject<GatewayKind> gateway, IEnumerable<GatewayListener> listeners, GatewayView view)
    {
        var generation = gateway.Metadata.Generation;
        var items = new JsonArray();
        foreach (var listener in listeners)
        {
            var isResolved = listener.ReferenceProblem.Length == 0;
            var isServed = listener.Problem.Length == 0;
            items.Add((JsonNode)new JsonObject
            {
                ["name"] = listener.Name,
                ["attachedRoutes"] = listener.AttachedRoutes,
                ["supportedKinds"] = new JsonArray(Kind("HTTPRoute"), Kind("GRPCRoute")),
                ["conditions"] = new JsonArray(
                    Condition("Accepted", isServed, isServed ? "Accepted" : listener.Problem, "", generation, view.Now),
                    Condition("Programmed", isServed && isResolved, isServed && isResolved ? "Programmed" : "Invalid", "", generation, view.Now),
                    Condition("Conflicted", false, "NoConflicts", "", generation, view.Now),
                    Condition("ResolvedRefs", isResolved, isResolved ? "ResolvedRefs" : listener.ReferenceProblem, "", generation, view.Now)),
            });
        }
        var addresses = new JsonArray();
        foreach (var address in view.Addresses)
            addresses.Add((JsonNode)new JsonObject { ["type"] = "IPAddress", ["value"] = address.ToString() });
        return new JsonObject
        {
            ["addresses"] = addresses,
            ["conditions"] = new JsonArray(
                Condition("Accepted", true, "Accepted", "", generation, view.Now),
                Condition("Programmed", true, "Programmed", "", generation, view.Now)),
            ["listeners"] = items,
        };
    }

    public static JsonObject Parent(JsonObject parent, string reason, string filterProblem, string referenceProblem, long generation, DateTimeOffset now) => new()
    {
        ["parentRef"] = parent.DeepClone(),
        ["controllerName"] = GatewayReader.Controller,
        ["conditions"] = new JsonArray(
            Condition("Accepted", reason == "Accepted", reason, filterProblem, generation, now),
            Condition("ResolvedRefs", referenceProblem.Length == 0, referenceProblem.Length == 0 ? "ResolvedRefs" : referenceProblem, "", generation, now)),
    };

    public static JsonObject Class(long generation, DateTimeOffset now) => new()
    {
        ["conditions"] = new JsonArray(Condition("Accepted", true, "Accepted", "", generation, now)),
    };

    /// <summary>A condition keeps the time of its last change while its status stays.</summary>
    public static void KeepTimes(JsonNode? wanted, JsonNode? present)
    {
        switch (wanted, present)
        {
            case (JsonObject w, JsonObject p):
                if (w.ContainsKey("lastTransitionTime") && w.Text("type") == p.Text("type") && w.Text("status") == p.Text("status"))
                    w["lastTransitionTime"] = p.Text("lastTransitionTime");
                foreach (var (name, value) in w.ToList())
                    KeepTimes(value, p[name]);
                break;
            case (JsonArray w, JsonArray p):
                for (var i = 0; i < w.Count && i < p.Count; i++)
                    KeepTimes(w[i], p[i]);
                break;
            default:
                break;
        }
    }

    private static JsonObject Kind(string kind) => new() { ["group"] = GatewayObject<GatewayKind>.Group, ["kind"] = kind };

    private static JsonObject Condition(string type, bool status, string reason, string message, long generation, DateTimeOffset now) => new()
    {
        ["type"] = type,
        ["status"] = status ? "True" : "False",
        ["reason"] = reason,
        ["message"] = message,
        ["observedGeneration"] = generation,
        ["lastTransitionTime"] = now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
    };
}
