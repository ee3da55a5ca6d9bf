using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What a node tells of one container of a pod.</summary>
public sealed partial record ContainerStatus
{
    /// <summary>Name of the container.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>What the container is doing now.</summary>
    [Field(2)]
    public ContainerState State { get; init; } = ContainerState.Empty;

    /// <summary>How it ended the last time, when it has been restarted.</summary>
    [Field(3)]
    public ContainerState LastState { get; init; } = ContainerState.Empty;

    /// <summary>True when it runs, has started and its readiness probe succeeds.</summary>
    [Field(4, Always = true, Required = true)]
    public bool Ready { get; init; }

    /// <summary>
    /// How often the container was started again. Counted by what the node has kept of it: it can fall when old containers are cleared away.
    /// </summary>
    [Field(5, Always = true, Required = true)]
    public int RestartCount { get; init; }

    /// <summary>Image that runs; may differ in form from what was asked for.</summary>
    [Field(6, Always = true, Required = true)]
    public string Image { get; init; } = "";

    /// <summary>Id of the image, with its digest.</summary>
    [Field(7, Always = true, Required = true)]
    public string ImageID { get; init; } = "";

    /// <summary>Id of the container, as runtime://id, such as containerd://0123abcd.</summary>
    [Field(8)]
    public string ContainerID { get; init; } = "";

    /// <summary>True once the startup probe has succeeded (at once where there is none) and the postStart hook is done.</summary>
    [Field(9)]
    public bool? Started { get; init; }

    /// <summary>Resources that the node has set aside for the container.</summary>
    [Field(10)]
    public ApiMap<Quantity> AllocatedResources { get; init; } = [];

    /// <summary>Requests and limits that hold for the running container.</summary>
    [Field(11)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Mounts of the container as they are.</summary>
    [Field(12), ListMap("mountPath"), PatchStrategy("merge", "mountPath")]
    public ApiList<VolumeMountStatus> VolumeMounts { get; init; } = [];

    /// <summary>User and groups that the container began with.</summary>
    [Field(13)]
    public ContainerUser? User { get; init; }

    /// <summary>Health of the devices that the container was given.</summary>
    [Field(14), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<ResourceStatus> AllocatedResourcesStatus { get; init; } = [];

    /// <summary>Signal that ends the container.</summary>
    [Field(15)]
    public string? StopSignal { get; init; }
}
