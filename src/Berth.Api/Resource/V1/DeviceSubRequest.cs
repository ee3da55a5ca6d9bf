using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>One of several choices for a request.</summary>
public sealed partial record DeviceSubRequest
{
    /// <summary>Its name, a DNS label unique in the request.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Class of the devices.</summary>
    [Field(2, Always = true, Required = true)]
    public string DeviceClassName { get; init; } = "";

    /// <summary>Devices that will do; all must hold.</summary>
    [Field(3)]
    public ApiList<DeviceSelector> Selectors { get; init; } = [];

    /// <summary>ExactCount for count devices, All for all that there are in a pool. Default: ExactCount.</summary>
    [Field(4)]
    public string AllocationMode { get; init; } = "";

    /// <summary>How many, for ExactCount. Default: 1.</summary>
    [Field(5)]
    public long Count { get; init; }

    /// <summary>Taints of devices that do not matter.</summary>
    [Field(6)]
    public ApiList<DeviceToleration> Tolerations { get; init; } = [];

    /// <summary>Amounts that are wanted of each device.</summary>
    [Field(7)]
    public CapacityRequirements? Capacity { get; init; }
}
