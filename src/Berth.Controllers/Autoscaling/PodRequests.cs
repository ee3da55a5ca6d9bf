using Berth.Api.Core.V1;

namespace Berth.Controllers.Autoscaling;

/// <summary>What pods ask for, against which utilization is measured.</summary>
internal static class PodRequests
{
    /// <summary>Thousandths of the resource that a pod, or one of its containers, requests.</summary>
    /// <param name="container">Empty: all of the pod.</param>
    /// <exception cref="MetricException">A container says nothing about the resource: there is nothing to measure against.</exception>
    public static long Milli(Pod pod, string resource, string container)
    {
        if (container.Length == 0 && pod.Spec.Resources is { } whole && !whole.Requests.IsEmpty)
        {
            return whole.Requests.TryGetValue(resource, out var asked) ? asked.MilliValue
                : Containers(pod).Any(c => c.Resources.Requests.ContainsKey(resource)) ? Containers(pod).Sum(c => c.Resources.Requests.TryGetValue(resource, out var part) ? part.MilliValue : 0)
                : throw new MetricException($"missing pod-level request for {resource} in Pod {pod.Metadata.Name}");
        }

        long sum = 0;
        foreach (var candidate in Containers(pod))
        {
            if (container.Length > 0 && candidate.Name != container)
                continue;
            if (!candidate.Resources.Requests.TryGetValue(resource, out var request))
                throw new MetricException($"missing request for {resource} in container {candidate.Name} of Pod {pod.Metadata.Name}");
            sum += request.MilliValue;
            if (container.Length > 0)
                return sum;
        }

        return container.Length == 0 ? sum : throw new MetricException($"container {container} not found in Pod {pod.Metadata.Name}");
    }

    // Sidecars run as long as the pod does.
    private static IEnumerable<Container> Containers(Pod pod) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always"));
}
