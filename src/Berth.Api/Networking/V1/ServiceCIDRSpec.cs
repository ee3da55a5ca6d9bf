using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Ranges of addresses.</summary>
public sealed partial record ServiceCIDRSpec
{
    /// <summary>The ranges, one for each family, two at most. They cannot change.</summary>
    [Field(1)]
    public ApiList<string> Cidrs { get; init; } = [];
}
