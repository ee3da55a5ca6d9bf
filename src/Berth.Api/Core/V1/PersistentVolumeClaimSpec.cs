using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Storage that is wanted.</summary>
public sealed partial record PersistentVolumeClaimSpec
{
    /// <summary>
    /// Ways in which the volume must be usable, all of them: ReadWriteOnce (one node), ReadOnlyMany, ReadWriteMany (many nodes),
    /// ReadWriteOncePod (one pod).
    /// </summary>
    [Field(1)]
    public ApiList<string> AccessModes { get; init; } = [];

    /// <summary>How large it must be: requests.storage. It can grow later where the class allows that.</summary>
    [Field(2)]
    public VolumeResourceRequirements Resources { get; init; } = VolumeResourceRequirements.Empty;

    /// <summary>The PersistentVolume to bind to, or the one that is bound.</summary>
    [Field(3)]
    public string VolumeName { get; init; } = "";

    /// <summary>Labels that the volume must have; a claim with a selector gets no new volume made.</summary>
    [Field(4)]
    public LabelSelector? Selector { get; init; }

    /// <summary>Class that makes the volume; absent: the default class; "" for a volume without a class.</summary>
    [Field(5)]
    public string? StorageClassName { get; init; }

    /// <summary>Filesystem for a directory, Block for a bare device. Default: Filesystem.</summary>
    [Field(6)]
    public string? VolumeMode { get; init; }

    /// <summary>What the volume begins with: a VolumeSnapshot or another claim. dataSourceRef can say more.</summary>
    [Field(7)]
    public TypedLocalObjectReference? DataSource { get; init; }

    /// <summary>What the volume begins with: any object that some provisioner can read.</summary>
    [Field(8)]
    public TypedObjectReference? DataSourceRef { get; init; }

    /// <summary>Class with further attributes of the volume; can change in time where the driver supports it.</summary>
    [Field(9)]
    public string? VolumeAttributesClassName { get; init; }
}
