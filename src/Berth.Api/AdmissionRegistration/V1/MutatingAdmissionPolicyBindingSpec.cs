using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicyBindingSpec
{
    [Field(1)]
    public string PolicyName { get; init; } = "";

    [Field(2)]
    public ParamRef? ParamRef { get; init; }

    [Field(3)]
    public MatchResources? MatchResources { get; init; }
}
