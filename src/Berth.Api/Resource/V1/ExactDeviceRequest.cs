using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that are wanted.</summary>
public sealed partial record ExactDeviceRequest
{
    /// <summary>Class of the devices.</summary>
    [Field(1, Always = true, Required = true)]
    public string DeviceClassName { get; init; } = "";

    /// <summary>Devices that will do; all must hold.</summary>
    [Field(2)]
    public ApiList<DeviceSelector> Selectors { get; init; } = [];

    /// <summary>ExactCount for count devices, All for all that there are in a pool. Default: ExactCount.</summary>
    [Field(3)]
    public string AllocationMode { get; init; } = "";

    /// <summary>How many, for ExactCount. Default: 1.</summary>
    [Field(4)]
    public long Count { get; init; }

    /// <summary>
    /// True: for watching over devices, whoever else has them. Needs a namespace with the label resource.kubernetes.io/admin-access=true.
    /// </summary>
    [Field(5)]
    public bool? AdminAccess { get; init; }

    /// <summary>Taints of devices that do not matter.</summary>
    [Field(6)]
    public ApiList<DeviceToleration> Tolerations { get; init; } = [];

    /// <summary>Amounts that are wanted of each device.</summary>
    [Field(7)]
    public CapacityRequirements? Capacity { get; init; }
}
