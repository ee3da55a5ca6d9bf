using Berth.Api.Core.V1;
using Berth.Client.Work;

namespace Berth.Controllers.Jobs;

/// <summary>How long a Job waits before it replaces failed pods: doubling with each failure since the last success.</summary>
/// <param name="Failures">Pods that failed since one last succeeded.</param>
public sealed record JobBackoff(int Failures, DateTimeOffset LastFailure)
{
    private static readonly RetryBackoff s_backoff = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10));

    public static JobBackoff None { get; } = new(0, default);

    /// <summary>With pods that ended since.</summary>
    public JobBackoff After(IReadOnlyCollection<Pod> succeeded, IReadOnlyCollection<Pod> failed)
    {
        if (succeeded.Count == 0)
            return failed.Count == 0 ? this : new(Failures + failed.Count, failed.Max(JobPods.FinishedAt));
        var success = succeeded.Max(JobPods.FinishedAt);
        var later = failed.Select(JobPods.FinishedAt).Where(at => at > success).ToList();
        return later.Count == 0 ? None : new(later.Count, later.Max());
    }

    public TimeSpan Remaining(DateTimeOffset now) => Remaining(Failures, LastFailure, now);

    /// <summary>Of an index whose failures are counted on their own.</summary>
    public static TimeSpan Remaining(Pod? lastFailed, DateTimeOffset now) =>
        lastFailed is null ? TimeSpan.Zero : Remaining(JobPods.Failures(lastFailed) + JobPods.IgnoredFailures(lastFailed) + 1, JobPods.FinishedAt(lastFailed), now);

    private static TimeSpan Remaining(int failures, DateTimeOffset last, DateTimeOffset now)
    {
        if (failures == 0)
            return TimeSpan.Zero;
        var left = last + s_backoff.Delay(failures - 1) - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
