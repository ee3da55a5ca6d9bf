using Berth.Api.Schema;

namespace Berth.Api.ApiRegistration.V1;

public sealed partial record APIServiceStatus
{
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<APIServiceCondition> Conditions { get; init; } = [];
}
