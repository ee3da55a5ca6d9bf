using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A policy, and where it holds.</summary>
public sealed partial record ValidatingAdmissionPolicyBindingSpec
{
    /// <summary>Name of the policy.</summary>
    [Field(1, Required = true)]
    public string PolicyName { get; init; } = "";

    /// <summary>Parameters of the policy.</summary>
    [Field(2)]
    public ParamRef? ParamRef { get; init; }

    /// <summary>Requests that it is for, of those that the policy is for. Default: all of them.</summary>
    [Field(3)]
    public MatchResources? MatchResources { get; init; }

    /// <summary>
    /// What a rule that is broken leads to: Deny refuses the request, Warn tells the client, Audit tells the audit log. Not Deny and Warn
    /// together.
    /// </summary>
    [Field(4, Required = true), ListSet]
    public ApiList<string> ValidationActions { get; init; } = [];
}
