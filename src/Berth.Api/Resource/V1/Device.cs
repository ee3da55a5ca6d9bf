using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A device that a driver offers.</summary>
public sealed partial record Device
{
    /// <summary>Its name, a DNS label unique in the pool.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Facts about it by name, by which it can be chosen; with capacity 32 at most.</summary>
    [Field(2)]
    public ApiMap<DeviceAttribute> Attributes { get; init; } = [];

    /// <summary>Amounts of what it has, by name.</summary>
    [Field(3)]
    public ApiMap<DeviceCapacity> Capacity { get; init; } = [];

    /// <summary>What it takes from the counters of its pool; 2 sets at most.</summary>
    [Field(4)]
    public ApiList<DeviceCounterConsumption> ConsumesCounters { get; init; } = [];

    /// <summary>Node that has it. With perDeviceNodeSelection alone.</summary>
    [Field(5)]
    public string? NodeName { get; init; }

    /// <summary>Nodes that can reach it. With perDeviceNodeSelection alone.</summary>
    [Field(6)]
    public NodeSelector? NodeSelector { get; init; }

    /// <summary>True: all nodes can reach it. With perDeviceNodeSelection alone.</summary>
    [Field(7)]
    public bool? AllNodes { get; init; }

    /// <summary>Reasons not to use it, for claims that do not tolerate them; 16 at most.</summary>
    [Field(8)]
    public ApiList<DeviceTaint> Taints { get; init; } = [];

    /// <summary>True: once given, it belongs to the node that was chosen.</summary>
    [Field(9)]
    public bool? BindsToNode { get; init; }

    /// <summary>Conditions that must be True before the pod is bound; 4 at most.</summary>
    [Field(10)]
    public ApiList<string> BindingConditions { get; init; } = [];

    /// <summary>Conditions of which one that is True means that binding failed; 4 at most.</summary>
    [Field(11)]
    public ApiList<string> BindingFailureConditions { get; init; } = [];

    /// <summary>True: several requests can have a part of it at once.</summary>
    [Field(12)]
    public bool? AllowMultipleAllocations { get; init; }

    /// <summary>Resources of the node itself that it stands for.</summary>
    [Field(13)]
    public ApiMap<NodeAllocatableResourceMapping> NodeAllocatableResourceMappings { get; init; } = [];
}
