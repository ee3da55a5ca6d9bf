using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Client.Metadata;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Disruption;

/// <summary>How many pods the controllers of pods want: read from the caches, or, for kinds that are not built in, from their scale.</summary>
internal sealed class PodScales(InformerFactory informers, MetadataClient metadata)
{
    private readonly Informer<ReplicaSet> _replicaSets = informers.For<ReplicaSet>();
    private readonly Informer<Deployment> _deployments = informers.For<Deployment>();
    private readonly Informer<StatefulSet> _statefulSets = informers.For<StatefulSet>();
    private readonly Informer<ReplicationController> _replicationControllers = informers.For<ReplicationController>();

    /// <summary>Asks the server for the scales of those owners that no cache holds; by uid.</summary>
    /// <exception cref="DisruptionException">An owner has no scale, or is gone.</exception>
    public async Task<IReadOnlyDictionary<string, int>> AskAsync(IEnumerable<Pod> pods, CancellationToken ct)
    {
        var scales = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            if (ControllerRefs.Of(pod) is not { } owner || IsBuiltIn(owner) || scales.ContainsKey(owner.Uid))
                continue;
            var kind = metadata.Kinds.Last.Find(owner.ApiVersion, owner.Kind) ?? (await metadata.Kinds.AskAsync(ct).ConfigureAwait(false)).Find(owner.ApiVersion, owner.Kind)
                ?? throw new DisruptionException($"no matches for kind \"{owner.Kind}\" in version \"{owner.ApiVersion}\"");
            try
            {
                var scale = await metadata.GetScaleAsync(kind, pod.Metadata.Namespace, owner.Name, ct).ConfigureAwait(false);
                if (scale.Metadata.Uid != owner.Uid)
                    throw new DisruptionException($"found no controllers for pod \"{pod.Metadata.Name}\"");
                scales.Add(owner.Uid, scale.Spec.Replicas);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                throw new DisruptionException($"{kind.Plural}.{kind.Group} does not implement the scale subresource");
            }
        }

        return scales;
    }

    /// <param name="asked">From <see cref="AskAsync"/>.</param>
    /// <exception cref="DisruptionException">The owner does not exist.</exception>
    public int Of(Pod pod, OwnerReference owner, IReadOnlyDictionary<string, int> asked)
    {
        if (asked.TryGetValue(owner.Uid, out var known))
            return known;
        var ns = pod.Metadata.Namespace;
        int? scale = (Group(owner), owner.Kind) switch
        {
            ("apps", "ReplicaSet") => Known(_replicaSets.Cache.Get(ns, owner.Name), owner) is { } set ? OfSet(set) : null,
            ("apps", "StatefulSet") => Known(_statefulSets.Cache.Get(ns, owner.Name), owner)?.Spec.Replicas,
            ("", "ReplicationController") => Known(_replicationControllers.Cache.Get(ns, owner.Name), owner)?.Spec.Replicas,
            _ => null,
        };
        return scale ?? throw new DisruptionException($"found no controllers for pod \"{pod.Metadata.Name}\"");
    }

    private static string Group(OwnerReference owner) => owner.ApiVersion.Split('/') is [var name, _] ? name : "";

    private static bool IsBuiltIn(OwnerReference owner) => (Group(owner), owner.Kind) is ("apps", "ReplicaSet" or "StatefulSet") or ("", "ReplicationController");

    // A rollout has two sets and one wish: the Deployment's.
    private int? OfSet(ReplicaSet set) =>
        ControllerRefs.Of(set) is { Kind: "Deployment" } owner && Known(_deployments.Cache.Get(set.Metadata.Namespace, owner.Name), owner) is { } deployment
            ? deployment.Spec.Replicas
            : set.Spec.Replicas;

    private static T? Known<T>(T? value, OwnerReference reference)
        where T : class, IApiObject => value?.Metadata.Uid == reference.Uid ? value : null;
}
