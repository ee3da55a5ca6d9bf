using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that a claim has.</summary>
public sealed partial record AllocationResult
{
    /// <summary>The devices and their settings.</summary>
    [Field(1)]
    public DeviceAllocationResult Devices { get; init; } = DeviceAllocationResult.Empty;

    /// <summary>Nodes that can reach them; absent: all.</summary>
    [Field(3)]
    public NodeSelector? NodeSelector { get; init; }

    /// <summary>When they were given.</summary>
    [Field(5)]
    public Time? AllocationTimestamp { get; init; }
}
