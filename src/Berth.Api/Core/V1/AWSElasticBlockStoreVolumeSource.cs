using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A disk of Amazon EBS. Served by the CSI driver ebs.csi.aws.com.</summary>
public sealed partial record AWSElasticBlockStoreVolumeSource
{
    /// <summary>Id of the volume in the storage.</summary>
    [Field(1, Always = true, Required = true)]
    public string VolumeID { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(2)]
    public string FsType { get; init; } = "";

    /// <summary>Number of the partition to mount; 0 for the whole disk.</summary>
    [Field(3)]
    public int Partition { get; init; }

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(4)]
    public bool ReadOnly { get; init; }
}
