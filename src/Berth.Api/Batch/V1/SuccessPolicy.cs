using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>When an Indexed Job has succeeded before all numbers have.</summary>
public sealed partial record SuccessPolicy
{
    /// <summary>The rules; one must hold. 20 at most.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<SuccessPolicyRule> Rules { get; init; } = [];
}
