using Berth.Api;

namespace Berth.Scheduler.Map;

/// <summary>What was measured of a node and its pods, as <c>metrics.k8s.io</c> tells it.</summary>
/// <param name="Node">By resource: <c>cpu</c>, <c>memory</c>. Empty where nothing was measured.</param>
/// <param name="Pods">The same by <c>namespace/name</c>.</param>
public sealed record NodeUsage(ApiMap<Quantity> Node, IReadOnlyDictionary<string, ApiMap<Quantity>> Pods)
{
    public static NodeUsage None { get; } = new([], new Dictionary<string, ApiMap<Quantity>>(StringComparer.Ordinal));
}
