using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A mount as it is.</summary>
public sealed partial record VolumeMountStatus
{
    /// <summary>The volume.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Path in the container.</summary>
    [Field(2, Always = true, Required = true)]
    public string MountPath { get; init; } = "";

    /// <summary>True when it cannot be written to.</summary>
    [Field(3)]
    public bool ReadOnly { get; init; }

    /// <summary>Whether what is mounted below is read-only too.</summary>
    [Field(4)]
    public string? RecursiveReadOnly { get; init; }

    /// <summary>What is known of the volume.</summary>
    [Field(5)]
    public VolumeStatus? VolumeStatus { get; init; }
}
