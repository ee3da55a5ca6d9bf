using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>State of ranges.</summary>
public sealed partial record ServiceCIDRStatus
{
    /// <summary>Ready when addresses are taken from it.</summary>
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<Condition> Conditions { get; init; } = [];
}
