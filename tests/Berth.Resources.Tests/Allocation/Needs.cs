using Berth.Api;
using Berth.Resources.Allocation;
using Berth.Resources.Devices;
using Berth.Resources.Topology;

namespace Berth.Resources.Tests.Allocation;

/// <summary>Short ways to say what pods need and what they got.</summary>
internal static class Needs
{
    public static PodNeeds Pod(string uid, params ContainerNeeds[] containers) => new() { PodUid = uid, Containers = [.. containers] };

    public static ContainerNeeds App(string name, int cpus, long memory = 0, int gpus = 0) => Container(name, ContainerPhase.Main, cpus, memory, gpus);

    public static ContainerNeeds Init(string name, int cpus, long memory = 0, int gpus = 0) => Container(name, ContainerPhase.Init, cpus, memory, gpus);

    public static ContainerNeeds Sidecar(string name, int cpus, long memory = 0, int gpus = 0) => Container(name, ContainerPhase.Sidecar, cpus, memory, gpus);

    public static PodAllocation Granted(this AllocationOutcome outcome) => outcome is AllocationOutcome.Granted(var allocation)
        ? allocation
        : throw new Xunit.Sdk.XunitException($"refused: {((AllocationOutcome.Refused)outcome).Why.Message}");

    public static Refusal Refused(this AllocationOutcome outcome) => outcome is AllocationOutcome.Refused(var why)
        ? why
        : throw new Xunit.Sdk.XunitException($"granted: {AllocationJson.Write(((AllocationOutcome.Granted)outcome).Allocation)}");

    public static Device Gpu(string id, int numa) => new() { Id = id, Resource = "gpu", Numa = numa < 0 ? NumaSet.None : NumaSet.Of(numa) };

    private static ContainerNeeds Container(string name, ContainerPhase phase, int cpus, long memory, int gpus) => new()
    {
        Name = name,
        Phase = phase,
        Cpus = cpus,
        Memory = memory > 0 ? ApiMap<long>.Empty.With("memory", memory) : [],
        Devices = gpus > 0 ? [new DeviceRequest { Resource = "gpu", Count = gpus }] : [],
    };
}
