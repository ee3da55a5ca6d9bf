using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record ServiceCIDRStatus
{
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<Condition> Conditions { get; init; } = [];
}
