using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client.Informers;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Disruption;

/// <summary>How many pods the controllers of pods want, read from the caches.</summary>
internal sealed class PodScales(InformerFactory informers)
{
    private readonly Informer<ReplicaSet> _replicaSets = informers.For<ReplicaSet>();
    private readonly Informer<Deployment> _deployments = informers.For<Deployment>();
    private readonly Informer<StatefulSet> _statefulSets = informers.For<StatefulSet>();
    private readonly Informer<ReplicationController> _replicationControllers = informers.For<ReplicationController>();

    /// <exception cref="DisruptionException">The owner does not exist, or has no scale.</exception>
    public int Of(Pod pod, OwnerReference owner)
    {
        var ns = pod.Metadata.Namespace;
        var group = owner.ApiVersion.Split('/') is [var name, _] ? name : "";
        int? scale = (group, owner.Kind) switch
        {
            ("apps", "ReplicaSet") => Known(_replicaSets.Cache.Get(ns, owner.Name), owner) is { } set ? OfSet(set) : null,
            ("apps", "StatefulSet") => Known(_statefulSets.Cache.Get(ns, owner.Name), owner)?.Spec.Replicas,
            ("", "ReplicationController") => Known(_replicationControllers.Cache.Get(ns, owner.Name), owner)?.Spec.Replicas,
            _ => throw new DisruptionException($"{owner.Kind} of {owner.ApiVersion} does not implement the scale subresource"),
        };
        return scale ?? throw new DisruptionException($"found no controllers for pod \"{pod.Metadata.Name}\"");
    }

    // A rollout has two sets and one wish: the Deployment's.
    private int? OfSet(ReplicaSet set) =>
        ControllerRefs.Of(set) is { Kind: "Deployment" } owner && Known(_deployments.Cache.Get(set.Metadata.Namespace, owner.Name), owner) is { } deployment
            ? deployment.Spec.Replicas
            : set.Spec.Replicas;

    private static T? Known<T>(T? value, OwnerReference reference)
        where T : class, IApiObject => value?.Metadata.Uid == reference.Uid ? value : null;
}
