using Berth.Client.Informers;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins.Claims;
using Berth.Scheduler.Plugins.Exact;
using Berth.Scheduler.Plugins.Volumes;
using Berth.Scheduler.Queue;

namespace Berth.Scheduler.Feed;

/// <summary>The plugins that follow kinds of their own in the cluster or keep books of their own: volumes, claims and exact places.</summary>
internal sealed record ClusterPlugins(IReadOnlyList<IFilterPlugin> Filters, IReadOnlyList<IReservePlugin> Reservers, Func<string, bool> IsBackedByDevices)
{
    /// <param name="claims">Whether the cluster serves resource claims.</param>
    /// <param name="tell">Told of what happens to those kinds.</param>
    public static ClusterPlugins Create(InformerFactory informers, bool claims, Action<ClusterEvent> tell, TimeProvider time)
    {
        var volumes = new VolumeScheduling(informers, () => tell(new ClusterEvent.Other("PersistentVolumeClaim", "", "")), time);
        var places = new ExactPlaces();
        if (!claims)
            return new([.. volumes.Filters, places], [volumes.Binding, places], static _ => false);
        var book = new ClaimBook(informers, new CelDeviceSelectors(), (claim, devices) =>
        {
            if (claim != default)
                tell(new ClusterEvent.Other("ResourceClaim", claim.Namespace, claim.Name));
            if (devices)
                tell(new ClusterEvent.Other(DynamicResources.DevicesChanged, "", ""));
        });
        var devices = new DynamicResources(book, informers.Client, time);
        return new([.. volumes.Filters, devices, places], [volumes.Binding, devices, places], resource => book.ClassBehind(resource) is not null);
    }
}
