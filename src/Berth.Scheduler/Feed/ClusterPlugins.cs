using Berth.Client.Informers;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins.Claims;
using Berth.Scheduler.Plugins.Exact;
using Berth.Scheduler.Plugins.Volumes;
using Berth.Scheduler.Queue;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Scheduler.Feed;

/// <summary>The plugins that follow kinds of their own in the cluster or keep books of their own: volumes, claims and exact places.</summary>
internal sealed record ClusterPlugins(IReadOnlyList<IFilterPlugin> Filters, IReadOnlyList<IReservePlugin> Reservers)
{
    /// <param name="claims">Whether the cluster serves resource claims.</param>
    /// <param name="tell">Told of what happens to those kinds.</param>
    public static ClusterPlugins Create(InformerFactory informers, bool claims, Action<ClusterEvent> tell, TimeProvider time)
    {
        var volumes = new VolumeScheduling(informers, () => tell(new ClusterEvent.Other("PersistentVolumeClaim", "", "")), time);
        var places = new ExactPlaces();
        if (!claims)
            return new([.. volumes.Filters, places], [volumes.Binding, places]);
        var informer = informers.For<ResourceClaim>();
        void Changed(ResourceClaim claim) => tell(new ClusterEvent.Other("ResourceClaim", claim.Metadata.Namespace, claim.Metadata.Name));
        informer.AddHandler(Changed, (_, claim) => Changed(claim), Changed);
        var devices = new DynamicResources(informer.Cache, informers.Client);
        return new([.. volumes.Filters, devices, places], [volumes.Binding, devices, places]);
    }
}
