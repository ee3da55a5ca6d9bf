using Berth.Client.Informers;
using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Plugins.Volumes;

/// <summary>The plugins that deal with volumes, over one view of them.</summary>
public sealed class VolumeScheduling
{
    /// <param name="changed">Called when something changed that may let a waiting pod be placed.</param>
    public VolumeScheduling(InformerFactory informers, Action changed, TimeProvider time)
    {
        Caches = new VolumeCaches(informers, changed);
        Binding = new VolumeBinding(Caches, informers.Client, time);
        Filters = [new VolumeRestrictions(Caches), new NodeVolumeLimits(Caches), Binding, new VolumeZone(Caches)];
    }

    public VolumeCaches Caches { get; }

    public VolumeBinding Binding { get; }

    /// <summary>In kube-scheduler's order.</summary>
    public IReadOnlyList<IFilterPlugin> Filters { get; }
}
