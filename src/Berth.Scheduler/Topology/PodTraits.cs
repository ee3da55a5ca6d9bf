namespace Berth.Scheduler.Topology;

/// <summary>What a placed pod is to others (its class) and what it says about others (its terms).</summary>
public sealed record PodTraits(PodClass Class, IReadOnlyList<(TermGroup Group, TermCounts Counts)> Terms);
