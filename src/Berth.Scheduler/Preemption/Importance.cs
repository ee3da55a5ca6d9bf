using Berth.Api.Core.V1;

namespace Berth.Scheduler.Preemption;

/// <summary>Orders pods by how much they are worth keeping: by priority, then the one that has run longer.</summary>
public sealed class Importance : IComparer<Pod>
{
    /// <summary>Most important first.</summary>
    public static Importance Descending { get; } = new();

    public int Compare(Pod? x, Pod? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var byPriority = (y.Spec.Priority ?? 0).CompareTo(x.Spec.Priority ?? 0);
        return byPriority != 0 ? byPriority : Start(x).CompareTo(Start(y));
    }

    /// <summary>A pod that has not started is as young as can be.</summary>
    public static DateTimeOffset Start(Pod pod) => pod.Status.StartTime ?? DateTimeOffset.MaxValue;
}
