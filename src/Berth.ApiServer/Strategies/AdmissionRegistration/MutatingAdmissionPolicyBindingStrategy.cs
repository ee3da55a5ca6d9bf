using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

public sealed class MutatingAdmissionPolicyBindingStrategy : ResourceStrategy<MutatingAdmissionPolicyBinding>
{
    public override MutatingAdmissionPolicyBinding Default(MutatingAdmissionPolicyBinding value) =>
        value with { Spec = value.Spec with { MatchResources = PolicyRules.Default(value.Spec.MatchResources) } };

    public override void Validate(MutatingAdmissionPolicyBinding value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        if (spec.PolicyName.Length == 0)
            errors.Required(path["policyName"]);
        if (spec.ParamRef is { } parameter)
            PolicyRules.Parameter(errors, path["paramRef"], parameter);
        if (spec.MatchResources is { } match)
            PolicyRules.Match(errors, path["matchResouces"], match);
    }
}
