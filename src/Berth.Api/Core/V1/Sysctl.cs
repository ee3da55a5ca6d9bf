using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A kernel parameter.</summary>
public sealed partial record Sysctl
{
    /// <summary>Its name, such as net.ipv4.ip_local_port_range.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Its value.</summary>
    [Field(2, Always = true, Required = true)]
    public string Value { get; init; } = "";
}
