using Berth.Api;
using Berth.Resources.Devices;

namespace Berth.Resources.Allocation;

/// <summary>What one container needs for itself alone.</summary>
public sealed record ContainerNeeds
{
    public required string Name { get; init; }

    public ContainerPhase Phase { get; init; } = ContainerPhase.Main;

    /// <summary>Exclusive CPUs; 0 runs in a shared pool.</summary>
    public int Cpus { get; init; }

    /// <summary>Bytes by kind, from named NUMA nodes.</summary>
    public ApiMap<long> Memory { get; init; } = [];

    public ApiList<DeviceRequest> Devices { get; init; } = [];

    public bool IsEmpty => Cpus == 0 && Memory.IsEmpty && Devices.IsEmpty;

    public bool RunsOn => Phase != ContainerPhase.Init;
}
