using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A directory, file system or block device of one node. The volume needs nodeAffinity to say which.</summary>
public sealed partial record LocalVolumeSource
{
    /// <summary>Path on the node, of a directory or a block device.</summary>
    [Field(1, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>File system for a block device, such as ext4 or xfs; absent: found out. Only for volumeMode Filesystem.</summary>
    [Field(2)]
    public string? FsType { get; init; }
}
