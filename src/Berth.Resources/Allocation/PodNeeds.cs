using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Resources.Devices;

namespace Berth.Resources.Allocation;

/// <summary>What a pod needs of a node beyond sums: by Kubernetes' rules of who gets CPUs and memory of its own.</summary>
public sealed record PodNeeds
{
    public required string PodUid { get; init; }

    /// <summary>Init containers in their order, then the main ones in theirs.</summary>
    public ApiList<ContainerNeeds> Containers { get; init; } = [];

    /// <summary>
    /// CPUs of the pod as a whole, when it states its resources itself: containers without CPUs of their own share what the
    /// others leave of these. 0 when the pod states none, or the node looks at containers one by one.
    /// </summary>
    public int PodCpus { get; init; }

    /// <summary>As <see cref="PodCpus"/>, bytes by kind.</summary>
    public ApiMap<long> PodMemory { get; init; } = [];

    public bool IsEmpty => PodCpus == 0 && PodMemory.IsEmpty && Containers.All(c => c.IsEmpty);

    /// <param name="deviceResources">Names of resources that the node gives out as devices.</param>
    public static PodNeeds Of(Pod pod, NodePolicy policy, IReadOnlySet<string> deviceResources)
    {
        var spec = pod.Spec;
        var guaranteed = PodResources.QosClass(spec) == "Guaranteed";
        var whole = spec.Resources is { } own && (!own.Requests.IsEmpty || !own.Limits.IsEmpty) ? own : null;
        var containers = new List<ContainerNeeds>();
        foreach (var container in spec.InitContainers)
            containers.Add(Of(container, container.RestartPolicy == "Always" ? ContainerPhase.Sidecar : ContainerPhase.Init));
        foreach (var container in spec.Containers)
            containers.Add(Of(container, ContainerPhase.Main));

        // A pod that states its own resources is a node of its own to its containers, where the node looks at whole pods.
        var asWhole = whole is not null && guaranteed && policy.PodScope;
        var podCpu = asWhole ? (whole!.Requests.TryGetValue("cpu", out var asked) ? asked : whole.Limits.GetOr("cpu")) : Quantity.Zero;
        return new()
        {
            PodUid = pod.Metadata.Uid,
            Containers = containers.ToApiList(),
            PodCpus = policy.Cpu.Static && IsWhole(podCpu) ? (int)podCpu.Value : 0,
            PodMemory = asWhole && policy.StaticMemory ? MemoryOf(whole!) : [],
        };

        ContainerNeeds Of(Container container, ContainerPhase phase)
        {
            // In a pod that states its own resources, containers may state less: only those that state all theirs count.
            var pinned = guaranteed && (whole is null || StatesAll(container.Resources));
            var cpu = Requested(container.Resources, "cpu");
            return new()
            {
                Name = container.Name,
                Phase = phase,
                Cpus = pinned && policy.Cpu.Static && IsWhole(cpu) ? (int)cpu.Value : 0,
                Memory = pinned && policy.StaticMemory ? MemoryOf(container.Resources) : [],
                Devices = DevicesOf(container.Resources, deviceResources),
            };
        }
    }

    private static Quantity Requested(ResourceRequirements resources, string name) =>
        resources.Requests.TryGetValue(name, out var asked) ? asked : resources.Limits.GetOr(name);

    private static bool StatesAll(ResourceRequirements resources) => Stated(resources, "cpu") && Stated(resources, "memory");

    private static bool Stated(ResourceRequirements resources, string name) =>
        resources.Limits.TryGetValue(name, out var limit) && !limit.IsZero && Requested(resources, name) == limit;

    // More CPUs than any machine has must not overflow into few.
    private static bool IsWhole(Quantity cpu) => cpu.MilliValue % 1000 == 0 && cpu.Value is > 0 and <= int.MaxValue;

    private static ApiMap<long> MemoryOf(ResourceRequirements resources)
    {
        var memory = ApiMap<long>.Empty;
        foreach (var name in resources.Requests.Keys.Concat(resources.Limits.Keys).Distinct())
        {
            if ((name == "memory" || name.StartsWith("hugepages-", StringComparison.Ordinal)) && Requested(resources, name) is { IsZero: false } asked)
                memory = memory.With(name, asked.Value);
        }

        return memory;
    }

    private static ApiList<DeviceRequest> DevicesOf(ResourceRequirements resources, IReadOnlySet<string> known)
    {
        if (known.Count == 0)
            return [];
        // Extended resources are limited: the request, where stated, is the same.
        return resources.Limits.Where(l => known.Contains(l.Key) && !l.Value.IsZero)
            .Select(l => new DeviceRequest { Resource = l.Key, Count = (int)Math.Min(int.MaxValue, l.Value.Value) })
            .ToApiList();
    }
}
