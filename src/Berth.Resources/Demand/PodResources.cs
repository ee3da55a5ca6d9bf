using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Resources.Demand;

/// <summary>What a pod as a whole asks for, and the quality of service that follows from it.</summary>
public static class PodResources
{
    /// <summary>Resources that may be given for a pod as a whole.</summary>
    public static bool IsPodLevel(string name) =>
        name is "cpu" or "memory" || name.StartsWith("hugepages-", StringComparison.Ordinal);

    /// <summary>What scheduling and quota count: the pod's own requests where given, else the containers', and the overhead.</summary>
    public static ApiMap<Quantity> Requests(PodSpec spec)
    {
        var requests = ContainerRequests(spec);
        if (spec.Resources is { } own)
            requests = requests.With(own.Requests);
        return Sum(requests, spec.Overhead);
    }

    /// <inheritdoc cref="Requests"/>
    public static ApiMap<Quantity> Limits(PodSpec spec)
    {
        var limits = ContainerLimits(spec);
        if (spec.Resources is { } own)
            limits = limits.With(own.Limits);

        // Overhead is no limit of its own: it only widens one that is there.
        foreach (var (name, quantity) in spec.Overhead)
        {
            if (limits.TryGetValue(name, out var limit))
                limits = limits.With(name, limit + quantity);
        }

        return limits;
    }

    public static ApiMap<Quantity> ContainerRequests(PodSpec spec) => Aggregate(spec, c => c.Resources.Requests);

    public static ApiMap<Quantity> ContainerLimits(PodSpec spec) => Aggregate(spec, c => c.Resources.Limits);

    /// <summary>
    /// <c>Guaranteed</c> when all of the pod's CPU and memory is limited and requested alike, <c>BestEffort</c> when none is mentioned,
    /// else <c>Burstable</c>.
    /// </summary>
    public static string QosClass(PodSpec spec)
    {
        if (spec.Resources is { } pod && (!pod.Requests.IsEmpty || !pod.Limits.IsEmpty))
            return QosClass([pod]);
        return QosClass([.. spec.Containers.Select(c => c.Resources), .. spec.InitContainers.Select(c => c.Resources)]);
    }

    private static string QosClass(IReadOnlyList<ResourceRequirements> all)
    {
        var mentioned = false;
        var guaranteed = true;
        foreach (var resources in all)
        {
            foreach (var name in (ReadOnlySpan<string>)["cpu", "memory"])
            {
                var request = resources.Requests.GetOr(name);
                var limit = resources.Limits.GetOr(name);
                mentioned |= !request.IsZero || !limit.IsZero;
                guaranteed &= !limit.IsZero && (!resources.Requests.ContainsKey(name) || request == limit);
            }
        }

        return !mentioned ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
    }

    // Containers run together. Init containers run before them, one after the other, each beside the restartable ones begun earlier:
    // the pod needs the most that is ever needed at one time.
    private static ApiMap<Quantity> Aggregate(PodSpec spec, Func<Container, ApiMap<Quantity>> of)
    {
        var running = ApiMap<Quantity>.Empty;
        foreach (var container in spec.Containers)
            running = Sum(running, of(container));

        var sidecars = ApiMap<Quantity>.Empty;
        var starting = ApiMap<Quantity>.Empty;
        foreach (var container in spec.InitContainers)
        {
            if (container.RestartPolicy == "Always")
            {
                sidecars = Sum(sidecars, of(container));
                starting = Max(starting, sidecars);
            }
            else
            {
                starting = Max(starting, Sum(sidecars, of(container)));
            }
        }

        return Max(Sum(running, sidecars), starting);
    }

    private static ApiMap<Quantity> Sum(ApiMap<Quantity> left, ApiMap<Quantity> right)
    {
        foreach (var (name, quantity) in right)
            left = left.With(name, left.TryGetValue(name, out var other) ? other + quantity : quantity);
        return left;
    }

    private static ApiMap<Quantity> Max(ApiMap<Quantity> left, ApiMap<Quantity> right)
    {
        foreach (var (name, quantity) in right)
        {
            if (!left.TryGetValue(name, out var other) || other < quantity)
                left = left.With(name, quantity);
        }

        return left;
    }
}
