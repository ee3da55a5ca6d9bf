using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

public sealed class ValidatingAdmissionPolicyBindingStrategy : ResourceStrategy<ValidatingAdmissionPolicyBinding>
{
    public override ValidatingAdmissionPolicyBinding Default(ValidatingAdmissionPolicyBinding value) =>
        value with { Spec = value.Spec with { MatchResources = PolicyRules.Default(value.Spec.MatchResources) } };

    public override void Validate(ValidatingAdmissionPolicyBinding value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        if (spec.PolicyName.Length == 0)
            errors.Required(path["policyName"]);
        else
            errors.Invalid(path["policyName"], spec.PolicyName, NameSyntax.DnsSubdomain(spec.PolicyName));
        if (spec.ParamRef is { } parameter)
            PolicyRules.Parameter(errors, path["paramRef"], parameter);
        if (spec.MatchResources is { } match)
            PolicyRules.Match(errors, path["matchResouces"], match);
        var actions = path["validationActions"];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < spec.ValidationActions.Count; i++)
        {
            BasicRules.OneOf(errors, actions[i], spec.ValidationActions[i], "Audit", "Deny", "Warn");
            if (!seen.Add(spec.ValidationActions[i]))
                errors.Duplicate(actions[i], spec.ValidationActions[i]);
        }

        if (seen.Contains("Deny") && seen.Contains("Warn"))
        {
            errors.Invalid(
                actions, (object)spec.ValidationActions, "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
        }

        if (seen.Count == 0)
            errors.Required(actions, "at least one validation action is required");
    }
}
