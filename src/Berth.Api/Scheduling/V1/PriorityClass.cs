using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Scheduling.V1;

/// <summary>A name for a priority of pods.</summary>
[Kind("scheduling.k8s.io", "v1", "PriorityClass")]
[Resource("priorityclasses", "priorityclass", Namespaced = false, ShortNames = "pc")]
public sealed partial record PriorityClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The priority; higher goes first. Users' classes go up to 1000000000. It cannot change.</summary>
    [Field(2, Always = true)]
    public int Value { get; init; }

    /// <summary>True for the class of pods that name none; one at most. Default: false.</summary>
    [Field(3)]
    public bool GlobalDefault { get; init; }

    /// <summary>What the class is for.</summary>
    [Field(4)]
    public string Description { get; init; } = "";

    /// <summary>
    /// PreemptLowerPriority lets pods displace those of lower priority; Never does not. It cannot change. Default: PreemptLowerPriority.
    /// </summary>
    [Field(5)]
    public string? PreemptionPolicy { get; init; }
}
