using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What a container is given, and what it may use at most.</summary>
public sealed partial record ResourceRequirements
{
    /// <summary>Most that it may use. More CPU is slowed down; more memory is killed.</summary>
    [Field(1)]
    public ApiMap<Quantity> Limits { get; init; } = [];

    /// <summary>What it is sure to have; the node must have that much left. Default: the limits.</summary>
    [Field(2)]
    public ApiMap<Quantity> Requests { get; init; } = [];

    /// <summary>Claims of devices of the pod that the container uses.</summary>
    [Field(3), ListMap("name")]
    public ApiList<ResourceClaim> Claims { get; init; } = [];
}
