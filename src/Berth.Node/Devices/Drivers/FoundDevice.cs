using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Node.Devices.Drivers;

/// <summary>A device that one of Berth's own drivers has found on the machine.</summary>
public sealed record FoundDevice
{
    /// <summary>A DNS label, unique in the driver's pool, and the same after a restart.</summary>
    public required string Name { get; init; }

    public ApiMap<DeviceAttribute> Attributes { get; init; } = [];

    public ApiMap<DeviceCapacity> Capacity { get; init; } = [];

    /// <summary>What it takes of the counters that it shares with others.</summary>
    public ApiList<DeviceCounterConsumption> Consumes { get; init; } = [];

    /// <summary>What a container that has it gets.</summary>
    public CdiEdits Edits { get; init; } = CdiEdits.None;

    /// <summary>Why it cannot be used now; null when it works.</summary>
    public string? Problem { get; init; }
}
