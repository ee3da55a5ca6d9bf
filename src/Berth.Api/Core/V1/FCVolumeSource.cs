using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A disk of a Fibre Channel network. Exactly one of wwids, or targetWWNs together with lun.</summary>
public sealed partial record FCVolumeSource
{
    /// <summary>World-wide names of the target.</summary>
    [Field(1)]
    public ApiList<string> TargetWWNs { get; init; } = [];

    /// <summary>Number of the logical unit.</summary>
    [Field(2)]
    public int? Lun { get; init; }

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(3)]
    public string FsType { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(4)]
    public bool ReadOnly { get; init; }

    /// <summary>World-wide ids of the volume.</summary>
    [Field(5)]
    public ApiList<string> Wwids { get; init; } = [];
}
