namespace Berth.Client.Work;

/// <summary>How long to wait before a failed key is tried again: doubling from a first delay up to a limit.</summary>
public sealed record RetryBackoff(TimeSpan First, TimeSpan Max)
{
    /// <summary>5 ms to 16 min 40 s, as the controllers of Kubernetes.</summary>
    public static RetryBackoff Default { get; } = new(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000));

    /// <param name="failures">Failures in a row before this one.</param>
    public TimeSpan Delay(int failures)
    {
        // 2^40 times any delay in use is beyond every limit; larger shifts would overflow.
        var ticks = First.Ticks * Math.Pow(2, Math.Min(failures, 40));
        return ticks >= Max.Ticks ? Max : TimeSpan.FromTicks((long)ticks);
    }
}
