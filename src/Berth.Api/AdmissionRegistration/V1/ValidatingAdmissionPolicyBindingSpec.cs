using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicyBindingSpec
{
    [Field(1, Required = true)]
    public string PolicyName { get; init; } = "";

    [Field(2)]
    public ParamRef? ParamRef { get; init; }

    [Field(3)]
    public MatchResources? MatchResources { get; init; }

    [Field(4, Required = true), ListSet]
    public ApiList<string> ValidationActions { get; init; } = [];
}
