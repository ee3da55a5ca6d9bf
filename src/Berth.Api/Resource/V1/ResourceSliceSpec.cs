using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record ResourceSliceSpec
{
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    [Field(2, Required = true)]
    public ResourcePool Pool { get; init; } = ResourcePool.Empty;

    [Field(3)]
    public string? NodeName { get; init; }

    [Field(4)]
    public NodeSelector? NodeSelector { get; init; }

    [Field(5)]
    public bool? AllNodes { get; init; }

    [Field(6)]
    public ApiList<Device> Devices { get; init; } = [];

    [Field(7)]
    public bool? PerDeviceNodeSelection { get; init; }

    [Field(8)]
    public ApiList<CounterSet> SharedCounters { get; init; } = [];
}
