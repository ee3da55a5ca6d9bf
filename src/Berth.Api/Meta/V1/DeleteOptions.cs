using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>How an object is to be deleted. Travels as a body of its own and inside an Eviction; its kind and apiVersion are optional and not written.</summary>
public sealed partial record DeleteOptions
{
    [Field(1)]
    public long? GracePeriodSeconds { get; init; }

    [Field(2)]
    public Preconditions? Preconditions { get; init; }

    [Field(3)]
    public bool? OrphanDependents { get; init; }

    [Field(4)]
    public string? PropagationPolicy { get; init; }

    [Field(5)]
    public ApiList<string> DryRun { get; init; } = [];

    [Field(6)]
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; init; }
}
