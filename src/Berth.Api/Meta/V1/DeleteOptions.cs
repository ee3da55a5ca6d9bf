using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>How an object is to be deleted. Travels as a body of its own and inside an Eviction.</summary>
public sealed partial record DeleteOptions
{
    /// <summary>
    /// Seconds that the object has to end in good order, 0 or more; 0 deletes at once. Absent: what its kind or the object itself says, 30
    /// for pods.
    /// </summary>
    [Field(1)]
    public long? GracePeriodSeconds { get; init; }

    /// <summary>What must be true of the object; otherwise it stays and the answer is a conflict (409).</summary>
    [Field(2)]
    public Preconditions? Preconditions { get; init; }

    /// <summary>
    /// Older form of propagationPolicy, which may not be given beside it: true leaves dependents in place (Orphan), false deletes them
    /// (Background).
    /// </summary>
    [Field(3)]
    public bool? OrphanDependents { get; init; }

    /// <summary>
    /// What becomes of the objects that belong to this one. Orphan leaves them; Background deletes the object now and them after it;
    /// Foreground deletes them first. Absent: what the finalizers of the object say, else what is usual for its kind.
    /// </summary>
    [Field(4)]
    public string? PropagationPolicy { get; init; }

    /// <summary>All goes through the whole of the request, checks and admission included, without keeping anything. The only value is All.</summary>
    [Field(5)]
    public ApiList<string> DryRun { get; init; } = [];

    /// <summary>
    /// Deletes also an object that the server can no longer read from its store, for example as its key of encryption is lost. Finalizers and
    /// preconditions are passed over.
    /// </summary>
    [Field(6)]
    public bool? IgnoreStoreReadErrorWithClusterBreakingPotential { get; init; }
}
