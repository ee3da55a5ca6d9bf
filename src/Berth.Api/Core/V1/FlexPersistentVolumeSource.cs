using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of an executable driver on the nodes. Deprecated: use a CSI driver.</summary>
public sealed partial record FlexPersistentVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    /// <summary>File system; absent: what the driver takes.</summary>
    [Field(2)]
    public string FsType { get; init; } = "";

    /// <summary>Secret that is handed to the driver.</summary>
    [Field(3)]
    public SecretReference? SecretRef { get; init; }

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(4)]
    public bool ReadOnly { get; init; }

    /// <summary>Further words for the driver.</summary>
    [Field(5)]
    public ApiMap<string> Options { get; init; } = [];
}
