namespace Berth.Scheduler.Plugins;

/// <summary>How NodeResourcesFit compares the nodes that can take a pod.</summary>
public abstract record ScoringStrategy(IReadOnlyList<ResourceWeight> Resources)
{
    /// <summary>The emptier the better: spreads load.</summary>
    public sealed record LeastAllocated(IReadOnlyList<ResourceWeight> Resources) : ScoringStrategy(Resources)
    {
        public static LeastAllocated Default { get; } = new(ResourceWeight.Defaults);

        internal override long Score(long requested, long allocatable) =>
            requested > allocatable ? 0 : (long)((Int128)(allocatable - requested) * 100 / allocatable);
    }

    /// <summary>The fuller the better: packs, and leaves whole nodes free.</summary>
    public sealed record MostAllocated(IReadOnlyList<ResourceWeight> Resources) : ScoringStrategy(Resources)
    {
        internal override long Score(long requested, long allocatable) =>
            (long)((Int128)Math.Min(requested, allocatable) * 100 / allocatable);
    }

    /// <summary>A score for each degree of use, given by points with straight lines between them.</summary>
    /// <param name="Shape">Use in percent, rising, and score from 0 to 100.</param>
    public sealed record RequestedToCapacityRatio(IReadOnlyList<ResourceWeight> Resources, IReadOnlyList<(int Utilization, long Score)> Shape)
        : ScoringStrategy(Resources)
    {
        internal override long Score(long requested, long allocatable)
        {
            var use = requested > allocatable ? 100 : (long)((Int128)requested * 100 / allocatable);
            for (var i = 0; i < Shape.Count; i++)
            {
                if (use > Shape[i].Utilization)
                    continue;
                if (i == 0)
                    return Shape[0].Score;
                var (before, after) = (Shape[i - 1], Shape[i]);
                return before.Score + ((after.Score - before.Score) * (use - before.Utilization) / (after.Utilization - before.Utilization));
            }

            return Shape[^1].Score;
        }

        // Resources without a score do not count, and the mean is rounded: as kube-scheduler does it.
        internal override long Mean(long sum, long weights) => weights == 0 ? 0 : (long)Math.Round((double)sum / weights, MidpointRounding.AwayFromZero);

        internal override bool Counts(long score) => score > 0;
    }

    /// <param name="requested">What is taken on the node with the pod on it.</param>
    /// <param name="allocatable">Above zero.</param>
    internal abstract long Score(long requested, long allocatable);

    internal virtual long Mean(long sum, long weights) => weights == 0 ? 0 : sum / weights;

    internal virtual bool Counts(long score) => true;
}
