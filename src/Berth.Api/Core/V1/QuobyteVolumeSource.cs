using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of Quobyte. No longer supported.</summary>
public sealed partial record QuobyteVolumeSource
{
    /// <summary>Addresses of the registry, as host:port separated by commas.</summary>
    [Field(1, Always = true, Required = true)]
    public string Registry { get; init; } = "";

    /// <summary>Name of the volume.</summary>
    [Field(2, Always = true, Required = true)]
    public string Volume { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(3)]
    public bool ReadOnly { get; init; }

    /// <summary>User that the volume is mounted as.</summary>
    [Field(4)]
    public string User { get; init; } = "";

    /// <summary>Group that the volume is mounted as.</summary>
    [Field(5)]
    public string Group { get; init; } = "";

    /// <summary>Tenant that owns the volume.</summary>
    [Field(6)]
    public string Tenant { get; init; } = "";
}
