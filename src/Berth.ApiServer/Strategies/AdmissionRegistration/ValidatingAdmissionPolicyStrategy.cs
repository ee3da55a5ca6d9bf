using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Validation;
using Berth.Cel.Types;

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

    public override void Validate(ValidatingAdmissionPolicy value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        BasicRules.OneOf(errors, path["failurePolicy"], spec.FailurePolicy ?? "", "Fail", "Ignore");
        if (spec.ParamKind is { } kind)
            PolicyRules.Kind(errors, path["paramKind"], kind);
        PolicyRules.Constraints(errors, path["matchConstraints"], spec.MatchConstraints);
        var hasParameters = spec.ParamKind is not null;
        RuleRules.Conditions(errors, path["matchConditions"], spec.MatchConditions, hasParameters);
        var variables = PolicyRules.Variables(errors, path["variables"], spec.Variables, AdmissionEnvironment.Of(hasParameters));
        var messages = AdmissionEnvironment.Of(hasParameters, hasAuthorizer: false);
        if (!spec.Variables.IsEmpty)
            messages = messages.WithVariable("variables", variables.Type);
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
            else
                PolicyRules.Expression(errors, at["expression"], validation.Expression, variables.Environment, CelType.Bool);
            if (validation.MessageExpression.Length > 0 && validation.MessageExpression.Trim().Length == 0)
                errors.Invalid(at["messageExpression"], (object)validation.MessageExpression, "must be non-empty if specified");
            else if (validation.MessageExpression.Length > 0)
                PolicyRules.Expression(errors, at["messageExpression"], validation.MessageExpression, messages, CelType.String);
            if (validation.Message.Length > 0 && validation.Message.Trim().Length == 0)
                errors.Invalid(at["message"], (object)validation.Message, "must be non-empty if specified");
            else if (validation.Message.Trim().Contains('\n', StringComparison.Ordinal))
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
            else
                PolicyRules.Expression(
                    errors, path["auditAnnotations"][i]["valueExpression"], spec.AuditAnnotations[i].ValueExpression.Trim(), variables.Environment, CelType.String, CelType.Null);
        }
    }

    protected override ValidatingAdmissionPolicy WithoutStatus(ValidatingAdmissionPolicy value) => value with { Status = ValidatingAdmissionPolicyStatus.Empty };

    protected override ValidatingAdmissionPolicy WithStatusOf(ValidatingAdmissionPolicy value, ValidatingAdmissionPolicy other) => value with { Status = other.Status };

    protected override ValidatingAdmissionPolicy WithSpecOf(ValidatingAdmissionPolicy value, ValidatingAdmissionPolicy other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ValidatingAdmissionPolicy value, ValidatingAdmissionPolicy other) => value.Spec == other.Spec;
}
