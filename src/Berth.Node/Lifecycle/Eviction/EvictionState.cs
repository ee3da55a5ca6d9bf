namespace Berth.Node.Lifecycle.Eviction;

/// <summary>What was measured of one signal.</summary>
/// <param name="Total">0: the machine does not count this; the signal is left out.</param>
public readonly record struct Reading(long Available, long Total);

/// <summary>A threshold that is to be answered now.</summary>
public sealed record MetThreshold(string Signal, EvictionAmount Threshold, bool Hard, Reading Reading)
{
    /// <summary>Free again when eviction may stop: the threshold and its minimum reclaim.</summary>
    public required long Wanted { get; init; }
}

/// <summary>
/// Which thresholds are met, from readings over time: soft ones once their grace has passed, any one until its minimum
/// reclaim is there. No clock, no I/O of its own. Not safe for concurrent use.
/// </summary>
public sealed class EvictionState(EvictionOptions options)
{
    // Since when a soft threshold is passed, by signal.
    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    // Met in an earlier round, and not yet answered in full.
    private readonly HashSet<(string Signal, bool Hard)> _answering = [];

    // Until when a condition is told.
    private readonly Dictionary<string, DateTimeOffset> _conditions = new(StringComparer.Ordinal);

    /// <summary>In the order in which they are to be answered.</summary>
    public IReadOnlyList<MetThreshold> Observe(IReadOnlyDictionary<string, Reading> readings, DateTimeOffset now)
    {
        var met = new List<MetThreshold>();
        foreach (var signal in EvictionSignals.All)
        {
            if (!readings.TryGetValue(signal, out var reading) || reading.Total <= 0) continue;
            if (options.Hard.TryGetValue(signal, out var hard) && Passed(signal, hard, true, reading) is { } now1) met.Add(now1);
            if (!options.Soft.TryGetValue(signal, out var soft)) continue;
            if (reading.Available >= soft.Of(reading.Total)) _since.Remove(signal);
            else _since.TryAdd(signal, now);
            if (Passed(signal, soft, false, reading) is not { } later) continue;
            var grace = options.SoftGracePeriods.TryGetValue(signal, out var period) ? period : TimeSpan.Zero;
            if (_answering.Contains((signal, false)) && !_since.ContainsKey(signal) || (_since.TryGetValue(signal, out var since) && now - since >= grace)) met.Add(later);
            // Its condition is told from the first moment, as the scheduler should know it.
            _conditions[EvictionSignals.ConditionOf(signal)] = now + options.PressureTransition;
        }

        _answering.Clear();
        foreach (var threshold in met)
        {
            _answering.Add((threshold.Signal, threshold.Hard));
            _conditions[EvictionSignals.ConditionOf(threshold.Signal)] = now + options.PressureTransition;
        }

        return met;
    }

    public bool Has(string condition, DateTimeOffset now) => _conditions.TryGetValue(condition, out var until) && now < until;

    private MetThreshold? Passed(string signal, EvictionAmount threshold, bool hard, Reading reading)
    {
        var limit = threshold.Of(reading.Total);
        var reclaim = options.MinimumReclaim.TryGetValue(signal, out var minimum) ? minimum.Of(reading.Total) : 0;
        var wanted = _answering.Contains((signal, hard)) ? limit + reclaim : limit;
        return reading.Available < wanted ? new MetThreshold(signal, threshold, hard, reading) { Wanted = limit + reclaim } : null;
    }
}
