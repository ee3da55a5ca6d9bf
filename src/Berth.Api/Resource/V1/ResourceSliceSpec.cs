using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that a driver offers. Exactly one of nodeName, nodeSelector, allNodes and perDeviceNodeSelection.</summary>
public sealed partial record ResourceSliceSpec
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    /// <summary>Pool of the devices.</summary>
    [Field(2, Required = true)]
    public ResourcePool Pool { get; init; } = ResourcePool.Empty;

    /// <summary>Node that has the devices.</summary>
    [Field(3)]
    public string? NodeName { get; init; }

    /// <summary>Nodes that can reach the devices.</summary>
    [Field(4)]
    public NodeSelector? NodeSelector { get; init; }

    /// <summary>True: all nodes can reach the devices.</summary>
    [Field(5)]
    public bool? AllNodes { get; init; }

    /// <summary>The devices; 128 at most.</summary>
    [Field(6)]
    public ApiList<Device> Devices { get; init; } = [];

    /// <summary>True: each device says which nodes can reach it.</summary>
    [Field(7)]
    public bool? PerDeviceNodeSelection { get; init; }

    /// <summary>Amounts that devices of the pool share; 8 sets at most.</summary>
    [Field(8)]
    public ApiList<CounterSet> SharedCounters { get; init; } = [];
}
