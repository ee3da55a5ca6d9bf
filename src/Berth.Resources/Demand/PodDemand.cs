using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Resources.Demand;

/// <summary>
/// What a pod asks of a node, by the rules of Kubernetes: containers and sidecars run together, each init container runs
/// beside the sidecars started before it, overhead comes on top, and requests of the pod as a whole override the sums.
/// Scheduler and node agent both reckon with this, so that they agree.
/// </summary>
public static class PodDemand
{
    // What a container without requests is taken to use when nodes are compared (never when they are filtered).
    private const long DefaultCpu = 100;
    private const long DefaultMemory = 200L * 1024 * 1024;

    /// <summary>Sum of the requests.</summary>
    public static ResourceAmounts Requests(Pod pod) => Sum(pod, static c => ResourceAmounts.Of(c.Resources.Requests));

    /// <summary>As <see cref="Requests"/>, with defaults for containers that ask for no CPU or memory, so that many of them do not look free.</summary>
    public static ResourceAmounts RequestsForScoring(Pod pod) => Sum(pod, static c =>
    {
        var asked = ResourceAmounts.Of(c.Resources.Requests);
        return asked with
        {
            Cpu = c.Resources.Requests.ContainsKey("cpu") ? asked.Cpu : DefaultCpu,
            Memory = c.Resources.Requests.ContainsKey("memory") ? asked.Memory : DefaultMemory,
        };
    });

    private static ResourceAmounts Sum(Pod pod, Func<Container, ResourceAmounts> of)
    {
        var running = ResourceAmounts.None;
        foreach (var container in pod.Spec.Containers)
            running += of(container);
        var sidecars = ResourceAmounts.None;
        var initialising = ResourceAmounts.None;
        foreach (var container in pod.Spec.InitContainers)
        {
            var asked = of(container);
            if (container.RestartPolicy == "Always")
            {
                sidecars += asked;
                initialising = ResourceAmounts.Max(initialising, sidecars);
            }
            else
            {
                initialising = ResourceAmounts.Max(initialising, sidecars + asked);
            }
        }

        var total = ResourceAmounts.Max(running + sidecars, initialising);
        if (pod.Spec.Resources is { } whole && !whole.Requests.IsEmpty)
            total = Override(total, whole.Requests);
        return total + ResourceAmounts.Of(pod.Spec.Overhead);
    }

    private static ResourceAmounts Override(ResourceAmounts sum, ApiMap<Quantity> whole)
    {
        var asked = ResourceAmounts.Of(whole);
        return sum with
        {
            Cpu = whole.ContainsKey("cpu") ? asked.Cpu : sum.Cpu,
            Memory = whole.ContainsKey("memory") ? asked.Memory : sum.Memory,
            Others = sum.Others.With(asked.Others),
        };
    }
}
