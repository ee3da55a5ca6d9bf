using Berth.Api.Schema;

namespace Berth.Api.ApiRegistration.V1;

/// <summary>Whether a version can be reached.</summary>
public sealed partial record APIServiceStatus
{
    /// <summary>What is known of the state.</summary>
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<APIServiceCondition> Conditions { get; init; } = [];
}
