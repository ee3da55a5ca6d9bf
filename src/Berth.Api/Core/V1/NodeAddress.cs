using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An address of a node.</summary>
public sealed partial record NodeAddress
{
    /// <summary>Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>The address or name.</summary>
    [Field(2, Always = true, Required = true)]
    public string Address { get; init; } = "";
}
