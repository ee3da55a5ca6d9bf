using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Events;
using Berth.Node.Cri;
using Berth.Node.Devices.Claims;
using Berth.Node.Lifecycle;
using Berth.Node.Probes;
using Berth.Node.Status;
using Berth.Node.Volumes;
using Microsoft.Extensions.Logging;

namespace Berth.Node.PodSync;

/// <summary>What all pods' workers share.</summary>
public sealed record PodServices
{
    public required NodeAgentOptions Options { get; init; }

    public required IRuntimeService Runtime { get; init; }

    public required ImagePuller Images { get; init; }

    public required PodVolumes Volumes { get; init; }

    /// <summary>Null where the runtime itself shows images.</summary>
    public required ImageVolumes? ImageVolumes { get; init; }

    public required ReferencedObjects References { get; init; }

    public required PodCgroups Cgroups { get; init; }

    public required PodDirectories Directories { get; init; }

    public required SandboxConfiguration Sandboxes { get; init; }

    public required ContainerConfiguration Containers { get; init; }

    public required HandlerRunner Handlers { get; init; }

    public required ProbeRunner Probes { get; init; }

    public required StatusWriter Statuses { get; init; }

    public required EventRecorder Events { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Log { get; init; }

    public required long MachineMemoryBytes { get; init; }

    public required PodAdmission Admission { get; init; }

    /// <summary>In the order in which they add to a container's description.</summary>
    public required IReadOnlyList<IResourceOwner> Owners { get; init; }

    public required ClaimOwner Claims { get; init; }

    /// <summary>Health of the devices of a container, by pod and container name.</summary>
    public required Func<Pod, string, ApiList<ResourceStatus>> DeviceHealth { get; init; }

    /// <summary>Gives a pod back to the scheduler; false when the server does not let it.</summary>
    public required Func<Pod, AdmissionRefusal, CancellationToken, Task<bool>> HandBack { get; init; }

    /// <summary>Runtime handler of a RuntimeClass; throws <see cref="ContainerConfigException"/> for an unknown one.</summary>
    public required Func<string, CancellationToken, Task<string>> RuntimeHandler { get; init; }
}
