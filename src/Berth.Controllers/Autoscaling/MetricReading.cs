namespace Berth.Controllers.Autoscaling;

/// <summary>What was read for one metric.</summary>
public abstract record MetricReading
{
    private MetricReading()
    {
    }

    /// <summary>Of each pod.</summary>
    public sealed record OfPods(IReadOnlyDictionary<string, PodReading> Readings) : MetricReading;

    /// <summary>One number.</summary>
    public sealed record OfObject(long Milli) : MetricReading;

    /// <summary>Nothing, and why.</summary>
    public sealed record Failed(string Problem) : MetricReading;
}
