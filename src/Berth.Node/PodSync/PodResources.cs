using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>What a pod as a whole asks for, as the scheduler counts it, and the class that follows from it.</summary>
public static class PodResources
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    /// <summary>Requests of all that runs at once at the worst moment: either the main containers with all sidecars, or an init container with the sidecars before it.</summary>
    public static ApiMap<Quantity> Requests(Pod pod) => Total(pod, c => c.Resources.Requests, pod.Spec.Resources?.Requests);

    public static ApiMap<Quantity> Limits(Pod pod) => Total(pod, c => c.Resources.Limits, pod.Spec.Resources?.Limits);

    public static string QosClass(Pod pod)
    {
        string[] names = ["cpu", "memory"];
        bool any = false, guaranteed = true;
        IEnumerable<ResourceRequirements> all = pod.Spec.Resources is { } ofPod && (ofPod.Requests.Count > 0 || ofPod.Limits.Count > 0)
            ? [ofPod]
            : pod.Spec.InitContainers.Concat(pod.Spec.Containers).Select(c => c.Resources);
        foreach (var resources in all)
        {
            foreach (var name in names)
            {
                var limit = resources.Limits.GetOr(name);
                var request = resources.Requests.TryGetValue(name, out var asked) ? asked : limit;
                any |= !limit.IsZero || !request.IsZero;
                guaranteed &= !limit.IsZero && limit == request;
            }
        }

        return !any ? BestEffort : guaranteed ? Guaranteed : Burstable;
    }

    /// <summary>True when each container limits the resource: only then can the pod's cgroup be limited too.</summary>
    public static bool AllLimit(Pod pod, string resource) =>
        pod.Spec.Resources?.Limits.ContainsKey(resource) == true
        || pod.Spec.Containers.Concat(pod.Spec.InitContainers).All(c => c.Resources.Limits.ContainsKey(resource));

    private static ApiMap<Quantity> Total(Pod pod, Func<Container, ApiMap<Quantity>> of, ApiMap<Quantity>? ofPod)
    {
        var sidecars = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        var peak = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var init in pod.Spec.InitContainers)
        {
            if (init.RestartPolicy == "Always")
            {
                Add(sidecars, of(init));
                Raise(peak, sidecars);
            }
            else
            {
                var here = new Dictionary<string, Quantity>(sidecars, StringComparer.Ordinal);
                Add(here, of(init));
                Raise(peak, here);
            }
        }

        var mains = new Dictionary<string, Quantity>(sidecars, StringComparer.Ordinal);
        foreach (var main in pod.Spec.Containers) Add(mains, of(main));
        Raise(peak, mains);
        if (ofPod is not null)
        {
            foreach (var (name, value) in ofPod) peak[name] = value;
        }

        if (pod.Spec.Overhead.Count > 0 && peak.Count > 0) Add(peak, pod.Spec.Overhead);
        return peak.ToApiMap();
    }

    private static void Add(Dictionary<string, Quantity> sum, ApiMap<Quantity> values)
    {
        foreach (var (name, value) in values) sum[name] = sum.GetValueOrDefault(name) + value;
    }

    private static void Raise(Dictionary<string, Quantity> peak, IReadOnlyDictionary<string, Quantity> values)
    {
        foreach (var (name, value) in values)
        {
            if (!peak.TryGetValue(name, out var old) || value > old) peak[name] = value;
        }
    }
}
