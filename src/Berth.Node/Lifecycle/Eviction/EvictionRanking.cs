using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.PodSync;

namespace Berth.Node.Lifecycle.Eviction;

/// <summary>What a pod takes of what the node is short of.</summary>
/// <param name="ByContainer">By container name, in the resource's own unit.</param>
public sealed record EvictionCandidate(Pod Pod, long Usage, IReadOnlyDictionary<string, long> ByContainer);

/// <summary>Who goes first, by Kubernetes' documented order: who takes more than it asked for, then the least important, then who takes the most beyond its request. Pure.</summary>
public static class EvictionRanking
{
    // From this priority on pods belong to the node itself.
    public const int CriticalPriority = 2_000_000_000;

    /// <summary>Never evicted: the node's own pods.</summary>
    public static bool IsCritical(Pod pod) =>
        (pod.Spec.Priority ?? 0) >= CriticalPriority || pod.Metadata.Annotations.ContainsKey("kubernetes.io/config.mirror") || pod.Metadata.Annotations.GetOr("kubernetes.io/config.source", "api") != "api";

    public static IReadOnlyList<EvictionCandidate> Order(string signal, IEnumerable<EvictionCandidate> candidates)
    {
        var resource = EvictionSignals.ResourceOf(signal);
        var open = candidates.Where(c => !IsCritical(c.Pod)).Select(c => (Candidate: c, Over: c.Usage - RequestOf(c.Pod, resource)));
        // Nobody asks for processes or inodes: who takes them is all there is to go by, after importance.
        var counted = resource is "memory" or "ephemeral-storage";
        return [.. open
            .OrderByDescending(e => counted && e.Over > 0)
            .ThenBy(e => e.Candidate.Pod.Spec.Priority ?? 0)
            .ThenByDescending(e => counted ? e.Over : e.Candidate.Usage)
            .ThenBy(e => e.Candidate.Pod.Metadata.Uid, StringComparer.Ordinal)
            .Select(e => e.Candidate)];
    }

    /// <summary>What the pod's owner reads.</summary>
    public static string Message(MetThreshold threshold, EvictionCandidate victim)
    {
        var resource = EvictionSignals.ResourceOf(threshold.Signal);
        var message = $"The node was low on resource: {resource}. Threshold quantity: {Show(resource, threshold.Threshold.Of(threshold.Reading.Total))}, available: {Show(resource, threshold.Reading.Available)}. ";
        foreach (var container in victim.Pod.Spec.Containers)
        {
            var request = container.Resources.Requests.GetOr(resource);
            if (!victim.ByContainer.TryGetValue(container.Name, out var used) || used <= request.Value) continue;
            message += $"Container {container.Name} was using {Show(resource, used)}, request is {request}, has larger consumption of {resource}. ";
        }

        return message;
    }

    private static long RequestOf(Pod pod, string resource) => PodResources.Requests(pod).GetOr(resource).Value;

    private static string Show(string resource, long value) => resource is "memory" or "ephemeral-storage" ? $"{value / 1024}Ki" : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
