using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An option of resolv.conf.</summary>
public sealed partial record PodDNSConfigOption
{
    /// <summary>Its name, such as ndots.</summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>Its value, if it has one.</summary>
    [Field(2)]
    public string? Value { get; init; }
}
