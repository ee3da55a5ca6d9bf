using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

public sealed class ValidatingAdmissionPolicyStrategy : SpecAndStatusStrategy<ValidatingAdmissionPolicy>
{
    public override ValidatingAdmissionPolicy Default(ValidatingAdmissionPolicy value) => value with
    {
        Spec = value.Spec with
        {
            FailurePolicy = value.Spec.FailurePolicy ?? "Fail",
            MatchConstraints = PolicyRules.Default(value.Spec.MatchConstraints),
        },
    };

    public override IEnumerable<string> Warnings(ValidatingAdmissionPolicy value, ValidatingAdmissionPolicy? old) =>
        ["admission policies are stored but not enforced by this server"];

    public override void Validate(ValidatingAdmissionPolicy value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        BasicRules.OneOf(errors, path["failurePolicy"], spec.FailurePolicy ?? "", "Fail", "Ignore");
        if (spec.ParamKind is { } kind)
            PolicyRules.Kind(errors, path["paramKind"], kind);
        PolicyRules.Constraints(errors, path["matchConstraints"], spec.MatchConstraints);
        RuleRules.Conditions(errors, path["matchConditions"], spec.MatchConditions);
        PolicyRules.Variables(errors, path["variables"], spec.Variables);
        const string Something = "validations or auditAnnotations must contain at least one item";
        if (spec.Validations.IsEmpty && spec.AuditAnnotations.IsEmpty)
        {
            errors.Required(path["validations"], Something);
            errors.Required(path["auditAnnotations"], Something);
        }

        for (var i = 0; i < spec.Validations.Count; i++)
        {
            var (validation, at) = (spec.Validations[i], path["validations"][i]);
            if (validation.Expression.Trim().Length == 0)
                errors.Required(at["expression"], "expression is not specified");
            if (validation.Message.Contains('\n', StringComparison.Ordinal))
                errors.Invalid(at["message"], (object)validation.Message, "message must not contain line breaks");
            if (validation.Reason is { } reason)
                BasicRules.OneOf(errors, at["reason"], reason, "Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge");
        }

        for (var i = 0; i < spec.AuditAnnotations.Count; i++)
        {
            if (spec.AuditAnnotations[i].Key.Length == 0)
                errors.Required(path["auditAnnotations"][i]["key"], "key is not specified");
            if (spec.AuditAnnotations[i].ValueExpression.Trim().Length == 0)
                errors.Required(path["auditAnnotations"][i]["valueExpression"], "valueExpression is not specified");
        }
    }

    protected override ValidatingAdmissionPolicy WithoutStatus(ValidatingAdmissionPolicy value) => value with { Status = ValidatingAdmissionPolicyStatus.Empty };

    protected override ValidatingAdmissionPolicy WithStatusOf(ValidatingAdmissionPolicy value, ValidatingAdmissionPolicy other) => value with { Status = other.Status };

    protected override ValidatingAdmissionPolicy WithSpecOf(ValidatingAdmissionPolicy value, ValidatingAdmissionPolicy other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ValidatingAdmissionPolicy value, ValidatingAdmissionPolicy other) => value.Spec == other.Spec;
}
