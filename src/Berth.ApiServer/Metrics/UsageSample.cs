namespace Berth.ApiServer.Metrics;

/// <summary>What a container or a node had used at one moment.</summary>
/// <param name="CpuSeconds">Since its start: only differences say something.</param>
/// <param name="MemoryBytes">The working set: what cannot be taken away without harm.</param>
public readonly record struct UsageSample(DateTimeOffset At, double CpuSeconds, long MemoryBytes);
