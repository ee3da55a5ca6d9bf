using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;

namespace Berth.Controllers.Jobs;

/// <param name="Delete">Pods to delete.</param>
/// <param name="Create">Pods to create; never together with deletions.</param>
/// <param name="Expected">The deletions are to be waited for before pods are counted again.</param>
/// <param name="CheckAfter">When the clock makes a new look worthwhile; null for never.</param>
public sealed record JobPlan(IReadOnlyList<Pod> Delete, IReadOnlyList<Pod> Create, bool Expected, TimeSpan? CheckAfter);

/// <summary>What became of a <see cref="JobPlan"/>.</summary>
public sealed record JobOutcome(IReadOnlyCollection<Pod> Deleted, int Created);

/// <param name="Status">To be written before any finalizer is removed; null when nothing changed.</param>
/// <param name="Release">Counted pods, whose finalizers may go once the status is written.</param>
/// <param name="Events">To be told when the status is written.</param>
public sealed record JobTracking(JobStatus? Status, IReadOnlyList<Pod> Release, IReadOnlyList<JobEvent> Events);

/// <param name="Status">To be written at the end; null when nothing changed.</param>
public sealed record JobSettlement(JobStatus? Status, IReadOnlyList<JobEvent> Events);

public sealed record JobEvent(string Type, string Reason, string Message);
