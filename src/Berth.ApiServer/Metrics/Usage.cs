namespace Berth.ApiServer.Metrics;

/// <summary>How much a container or a node uses: the mean of its cores over a time, and its memory at the end of that time.</summary>
/// <param name="End">Of the <paramref name="Window"/>.</param>
public readonly record struct Usage(DateTimeOffset End, TimeSpan Window, double Cores, long MemoryBytes)
{
    /// <summary>Null when the samples say nothing: in the wrong order, or of a container that began anew between them.</summary>
    public static Usage? Between(UsageSample earlier, UsageSample later)
    {
        var window = later.At - earlier.At;
        var seconds = later.CpuSeconds - earlier.CpuSeconds;
        return window <= TimeSpan.Zero || seconds < 0 ? null : new Usage(later.At, window, seconds / window.TotalSeconds, later.MemoryBytes);
    }
}
