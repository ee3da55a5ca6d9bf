using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>What a failure means. Exactly one of the two requirements.</summary>
public sealed partial record PodFailurePolicyRule
{
    /// <summary>FailJob ends the Job as failed; FailIndex the number; Ignore does not count the failure; Count does.</summary>
    [Field(1, Always = true, Required = true)]
    public string Action { get; init; } = "";

    /// <summary>Failures by exit codes.</summary>
    [Field(2)]
    public PodFailurePolicyOnExitCodesRequirement? OnExitCodes { get; init; }

    /// <summary>Failures by conditions of the pod; one must match.</summary>
    [Field(3)]
    public ApiList<PodFailurePolicyOnPodConditionsPattern> OnPodConditions { get; init; } = [];
}
