namespace Berth.Controllers.Autoscaling;

/// <summary>What a metric says of one pod.</summary>
/// <param name="Window">The time before <paramref name="At"/> that was measured.</param>
/// <param name="Milli">Thousandths: of a core, of a byte, of whatever the metric counts.</param>
public readonly record struct PodReading(DateTimeOffset At, TimeSpan Window, long Milli);
