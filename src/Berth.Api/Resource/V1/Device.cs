using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record Device
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public ApiMap<DeviceAttribute> Attributes { get; init; } = [];

    [Field(3)]
    public ApiMap<DeviceCapacity> Capacity { get; init; } = [];

    [Field(4)]
    public ApiList<DeviceCounterConsumption> ConsumesCounters { get; init; } = [];

    [Field(5)]
    public string? NodeName { get; init; }

    [Field(6)]
    public NodeSelector? NodeSelector { get; init; }

    [Field(7)]
    public bool? AllNodes { get; init; }

    [Field(8)]
    public ApiList<DeviceTaint> Taints { get; init; } = [];

    [Field(9)]
    public bool? BindsToNode { get; init; }

    [Field(10)]
    public ApiList<string> BindingConditions { get; init; } = [];

    [Field(11)]
    public ApiList<string> BindingFailureConditions { get; init; } = [];

    [Field(12)]
    public bool? AllowMultipleAllocations { get; init; }

    [Field(13)]
    public ApiMap<NodeAllocatableResourceMapping> NodeAllocatableResourceMappings { get; init; } = [];
}
