using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A directory of an NFS server.</summary>
public sealed partial record NFSVolumeSource
{
    /// <summary>Name or address of the server.</summary>
    [Field(1, Always = true, Required = true)]
    public string Server { get; init; } = "";

    /// <summary>Directory that the server exports.</summary>
    [Field(2, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>True mounts it without the right to write. Default: false.</summary>
    [Field(3)]
    public bool ReadOnly { get; init; }
}
