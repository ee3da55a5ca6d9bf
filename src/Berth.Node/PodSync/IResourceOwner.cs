using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;

namespace Berth.Node.PodSync;

/// <summary>
/// Owns something countable on this node (devices, CPUs, NUMA memory): takes part in a pod's admission, and puts what it
/// granted into the containers' descriptions. Grants are checkpointed before <see cref="AdmitAsync"/> returns, so that a
/// restarted agent neither loses nor doubles one.
/// </summary>
public interface IResourceOwner
{
    /// <summary>Grants the pod what it needs, or says why not. Called for one pod at a time; a pod that has its grants already keeps them.</summary>
    ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct);

    /// <summary>Null when a running pod may be resized as asked. Called as <see cref="AdmitAsync"/> is.</summary>
    /// <param name="wanted">The pod with the resources that it is to have.</param>
    /// <param name="granted">The pod with those that it has.</param>
    ResizeRefusal? AdmitResize(Pod wanted, Pod granted) => null;

    /// <summary>Adds what was granted to a container that is about to be made. Called at each of its starts.</summary>
    /// <exception cref="ContainerConfigException">What was granted is not there any more.</exception>
    ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct);

    /// <summary>Changes what a running container is about to be updated with, so that a resize keeps what was granted.</summary>
    void ConfigureUpdate(Pod pod, PodContainer container, LinuxContainerResources resources)
    {
    }

    /// <summary>The pod has ended, or never began. Can be repeated.</summary>
    void Release(string podUid);
}
