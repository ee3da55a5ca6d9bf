using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>State of a volume.</summary>
public sealed partial record PersistentVolumeStatus
{
    /// <summary>Pending, Available, Bound, Released (its claim is gone, its data not) or Failed.</summary>
    [Field(1)]
    public string Phase { get; init; } = "";

    /// <summary>Why it is so, in words for people.</summary>
    [Field(2)]
    public string Message { get; init; } = "";

    /// <summary>Why it is so, in CamelCase.</summary>
    [Field(3)]
    public string Reason { get; init; } = "";

    /// <summary>When the phase last changed.</summary>
    [Field(4)]
    public Time? LastPhaseTransitionTime { get; init; }
}
