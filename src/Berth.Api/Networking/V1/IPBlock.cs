using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Addresses.</summary>
public sealed partial record IPBlock
{
    /// <summary>Range of addresses, such as 192.168.1.0/24 or 2001:db8::/64.</summary>
    [Field(1, Always = true, Required = true)]
    public string Cidr { get; init; } = "";

    /// <summary>Ranges within it that are left out.</summary>
    [Field(2)]
    public ApiList<string> Except { get; init; } = [];
}
