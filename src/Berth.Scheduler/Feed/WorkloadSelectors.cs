using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Selection;
using Berth.Client.Informers;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Feed;

/// <summary>The pods that belong with one: selected by all of its Services together with the selector of its controller.</summary>
internal sealed class WorkloadSelectors(InformerFactory informers) : IWorkloadSelectors
{
    private readonly InformerCache<Service> _services = informers.For<Service>().Cache;
    private readonly InformerCache<ReplicationController> _controllers = informers.For<ReplicationController>().Cache;
    private readonly InformerCache<ReplicaSet> _sets = informers.For<ReplicaSet>().Cache;
    private readonly InformerCache<StatefulSet> _stateful = informers.For<StatefulSet>().Cache;

    public Selector Of(Pod pod)
    {
        var ns = pod.Metadata.Namespace;
        var labels = Berth.Api.ApiMap<string>.Empty;
        foreach (var service in _services.List(ns))
        {
            if (!service.Spec.Selector.IsEmpty && LabelSelectors.FromLabels(service.Spec.Selector).Matches(pod.Metadata.Labels))
                labels = labels.With(service.Spec.Selector);
        }

        var selector = new LabelSelector { MatchLabels = labels };
        if (pod.Metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true) is not { } owner)
            return LabelSelectors.Compile(selector);
        var own = (owner.ApiVersion, owner.Kind) switch
        {
            ("v1", "ReplicationController") => _controllers.Get(ns, owner.Name) is { } found ? new LabelSelector { MatchLabels = found.Spec.Selector } : null,
            ("apps/v1", "ReplicaSet") => _sets.Get(ns, owner.Name)?.Spec.Selector,
            ("apps/v1", "StatefulSet") => _stateful.Get(ns, owner.Name)?.Spec.Selector,
            _ => null,
        };
        return LabelSelectors.Compile(own is null ? selector : new LabelSelector
        {
            MatchLabels = labels.With(own.MatchLabels),
            MatchExpressions = own.MatchExpressions,
        });
    }
}
