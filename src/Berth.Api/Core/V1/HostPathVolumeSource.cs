using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A file or directory of the node. It lets a pod see and perhaps change the node itself, and differs from node to node.</summary>
public sealed partial record HostPathVolumeSource
{
    /// <summary>Path on the node; symbolic links are followed.</summary>
    [Field(1, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>
    /// What has to be there: DirectoryOrCreate, Directory, FileOrCreate, File, Socket, CharDevice or BlockDevice; empty for no check.
    /// </summary>
    [Field(2)]
    public string? Type { get; init; }
}
