using Berth.Api;

namespace Berth.Node.Lifecycle.Eviction;

/// <summary>When pods are evicted for what the node is short of. Names and defaults are those of Kubernetes' node agent.</summary>
public sealed record EvictionOptions
{
    public static EvictionOptions Default { get; } = new();

    /// <summary>Below it pods are ended at once, by signal.</summary>
    public ApiMap<EvictionAmount> Hard { get; init; } = new Dictionary<string, EvictionAmount>
    {
        [EvictionSignals.Memory] = EvictionAmount.Parse("100Mi"),
        [EvictionSignals.NodeDisk] = EvictionAmount.Parse("10%"),
        [EvictionSignals.NodeInodes] = EvictionAmount.Parse("5%"),
        [EvictionSignals.ImageDisk] = EvictionAmount.Parse("15%"),
        [EvictionSignals.ImageInodes] = EvictionAmount.Parse("5%"),
    }.ToApiMap();

    /// <summary>Below it for <see cref="SoftGracePeriods"/>, pods are ended with their grace.</summary>
    public ApiMap<EvictionAmount> Soft { get; init; } = [];

    /// <summary>One for each of <see cref="Soft"/>.</summary>
    public ApiMap<TimeSpan> SoftGracePeriods { get; init; } = [];

    /// <summary>Most that a pod evicted by a soft threshold gets, in seconds.</summary>
    public long PodGraceSecondsMax { get; init; }

    /// <summary>Beyond the threshold that must be free again before eviction stops.</summary>
    public ApiMap<EvictionAmount> MinimumReclaim { get; init; } = [];

    /// <summary>How long a condition stays after its cause has gone, so that it does not flap.</summary>
    public TimeSpan PressureTransition { get; init; } = TimeSpan.FromMinutes(5);
}
