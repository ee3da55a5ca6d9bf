using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A device that a request got.</summary>
public sealed partial record DeviceRequestAllocationResult
{
    /// <summary>The request, or REQUEST/SUBREQUEST.</summary>
    [Field(1, Always = true, Required = true)]
    public string Request { get; init; } = "";

    /// <summary>Name of the driver.</summary>
    [Field(2, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    /// <summary>Pool of the device.</summary>
    [Field(3, Always = true, Required = true)]
    public string Pool { get; init; } = "";

    /// <summary>Name of the device.</summary>
    [Field(4, Always = true, Required = true)]
    public string Device { get; init; } = "";

    /// <summary>True: for watching over it, whoever else has it.</summary>
    [Field(5)]
    public bool? AdminAccess { get; init; }

    /// <summary>Taints that the request tolerates.</summary>
    [Field(6)]
    public ApiList<DeviceToleration> Tolerations { get; init; } = [];

    /// <summary>Conditions that must be True before the pod is bound.</summary>
    [Field(7)]
    public ApiList<string> BindingConditions { get; init; } = [];

    /// <summary>Conditions of which one that is True means that binding failed.</summary>
    [Field(8)]
    public ApiList<string> BindingFailureConditions { get; init; } = [];

    /// <summary>Id of the share, for a device of which several have a part.</summary>
    [Field(9)]
    public string? ShareID { get; init; }

    /// <summary>How much of each capacity it takes.</summary>
    [Field(10)]
    public ApiMap<Quantity> ConsumedCapacity { get; init; } = [];
}
