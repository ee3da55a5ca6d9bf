using Berth.Api.Core.V1;

namespace Berth.Scheduler.Queue;

/// <summary>Something that happened in the cluster and may help a pod that found no place.</summary>
public abstract record ClusterEvent
{
    private ClusterEvent()
    {
    }

    public sealed record NodeAdded(Node Node) : ClusterEvent;

    public sealed record NodeChanged(Node Old, Node New) : ClusterEvent;

    public sealed record NodeGone(Node Node) : ClusterEvent;

    /// <summary>A pod has come onto a node.</summary>
    public sealed record PodPlaced(Pod Pod) : ClusterEvent;

    /// <summary>A pod on a node changed its labels, its requests, or is being deleted now.</summary>
    public sealed record PodChanged(Pod Old, Pod New) : ClusterEvent;

    /// <summary>A pod has left its node: deleted, ended, or its binding failed.</summary>
    public sealed record PodGone(Pod Pod) : ClusterEvent;

    /// <summary>The waiting pod itself was changed.</summary>
    public sealed record SelfChanged(Pod Old, Pod New) : ClusterEvent;

    /// <summary>A namespace's labels changed.</summary>
    public sealed record NamespaceChanged(string Name) : ClusterEvent;

    /// <summary>An object of another kind came, changed or went: claims, volumes, classes, slices.</summary>
    /// <param name="Kind">Its kind, such as <c>PersistentVolumeClaim</c>.</param>
    /// <param name="Namespace">Empty for cluster-scoped kinds.</param>
    public sealed record Other(string Kind, string Namespace, string Name) : ClusterEvent;
}
