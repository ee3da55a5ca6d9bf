using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Where a volume appears in a container.</summary>
public sealed partial record VolumeMount
{
    /// <summary>The volume.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>True mounts it without the right to write. Default: false.</summary>
    [Field(2)]
    public bool ReadOnly { get; init; }

    /// <summary>Path in the container, without a colon.</summary>
    [Field(3, Always = true, Required = true)]
    public string MountPath { get; init; } = "";

    /// <summary>Path within the volume to mount; empty for its root.</summary>
    [Field(4)]
    public string SubPath { get; init; } = "";

    /// <summary>
    /// Whether mounts made later are seen on the other side: None, HostToContainer, or Bidirectional (privileged containers alone). Default:
    /// None.
    /// </summary>
    [Field(5)]
    public string? MountPropagation { get; init; }

    /// <summary>As subPath, with environment variables as $(NAME); not together with it.</summary>
    [Field(6)]
    public string SubPathExpr { get; init; } = "";

    /// <summary>For readOnly: whether what is mounted below is read-only too. Disabled, IfPossible or Enabled. Default: Disabled.</summary>
    [Field(7)]
    public string? RecursiveReadOnly { get; init; }
}
