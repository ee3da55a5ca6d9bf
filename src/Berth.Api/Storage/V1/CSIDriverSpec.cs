using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>What the cluster has to know of a CSI driver.</summary>
public sealed partial record CSIDriverSpec
{
    /// <summary>True: volumes are attached to nodes before they are mounted. It cannot change. Default: true.</summary>
    [Field(1)]
    public bool? AttachRequired { get; init; }

    /// <summary>True tells the driver for which pod it mounts. Default: false.</summary>
    [Field(2)]
    public bool? PodInfoOnMount { get; init; }

    /// <summary>Persistent for PersistentVolumes, Ephemeral for volumes that live with a pod. It cannot change. Default: Persistent.</summary>
    [Field(3), ListSet]
    public ApiList<string> VolumeLifecycleModes { get; init; } = [];

    /// <summary>True: the scheduler looks at CSIStorageCapacity before it picks a node for a new volume. Default: false.</summary>
    [Field(4)]
    public bool? StorageCapacity { get; init; }

    /// <summary>
    /// Whether volumes are given to fsGroup: ReadWriteOnceWithFSType (those of one node with a file system), File (always) or None. Default:
    /// ReadWriteOnceWithFSType.
    /// </summary>
    [Field(5)]
    public string? FsGroupPolicy { get; init; }

    /// <summary>Tokens of the pod's ServiceAccount that the driver is handed.</summary>
    [Field(6)]
    public ApiList<TokenRequest> TokenRequests { get; init; } = [];

    /// <summary>True calls NodePublishVolume again and again, so that the driver can renew what it mounted. Default: false.</summary>
    [Field(7)]
    public bool? RequiresRepublish { get; init; }

    /// <summary>True: the driver can mount with a label of SELinux. Default: false.</summary>
    [Field(8)]
    public bool? SeLinuxMount { get; init; }

    /// <summary>Seconds after which a node asks anew how many volumes it can have, 10 or more. Absent: only when something failed.</summary>
    [Field(9)]
    public long? NodeAllocatableUpdatePeriodSeconds { get; init; }

    /// <summary>True hands tokens over as secrets, not in the volume's context. Needs tokenRequests. Default: false.</summary>
    [Field(10)]
    public bool? ServiceAccountTokenInSecrets { get; init; }

    /// <summary>True keeps pods that use the driver from nodes that do not have it. Default: false.</summary>
    [Field(11)]
    public bool? PreventPodSchedulingIfMissing { get; init; }
}
