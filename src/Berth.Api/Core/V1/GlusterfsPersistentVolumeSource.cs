using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of GlusterFS. No longer supported.</summary>
public sealed partial record GlusterfsPersistentVolumeSource
{
    /// <summary>Endpoints with the addresses of the servers.</summary>
    [Field(1, Always = true, Required = true)]
    public string Endpoints { get; init; } = "";

    /// <summary>Name of the volume.</summary>
    [Field(2, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(3)]
    public bool ReadOnly { get; init; }

    /// <summary>Namespace of the Endpoints; absent: that of the claim.</summary>
    [Field(4)]
    public string? EndpointsNamespace { get; init; }
}
