using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Admission.Expressions;
using Berth.ApiServer.Admission.Policies;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.AdmissionRegistration;

public sealed class MutatingAdmissionPolicyStrategy : ResourceStrategy<MutatingAdmissionPolicy>
{
    public override MutatingAdmissionPolicy Default(MutatingAdmissionPolicy value) => value with
    {
        Spec = value.Spec with
        {
            FailurePolicy = value.Spec.FailurePolicy ?? "Fail",
            MatchConstraints = PolicyRules.Default(value.Spec.MatchConstraints),
        },
    };

    public override void Validate(MutatingAdmissionPolicy value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        BasicRules.OneOf(errors, path["failurePolicy"], spec.FailurePolicy ?? "", "Fail", "Ignore");
        if (spec.ParamKind is { } kind)
            PolicyRules.Kind(errors, path["paramKind"], kind);
        PolicyRules.Constraints(errors, path["matchConstraints"], spec.MatchConstraints);
        var hasParameters = spec.ParamKind is not null;
        RuleRules.Conditions(errors, path["matchConditions"], spec.MatchConditions, hasParameters);
        var variables = PolicyRules.Variables(errors, path["variables"], spec.Variables, AdmissionEnvironment.Of(hasParameters).WithTypes(MutationTypes.Find));
        if (spec.Mutations.IsEmpty)
            errors.Required(path["mutations"], "mutations must contain at least one item");
        for (var i = 0; i < spec.Mutations.Count; i++)
        {
            var (mutation, at) = (spec.Mutations[i], path["mutations"][i]);
            BasicRules.RequiredOneOf(errors, at["patchType"], mutation.PatchType, "ApplyConfiguration", "JSONPatch");
            if (mutation.PatchType == "ApplyConfiguration" && mutation.ApplyConfiguration is null)
                errors.Required(at["applyConfiguration"], "must be specified when patchType is ApplyConfiguration");
            if (mutation.PatchType == "JSONPatch" && mutation.JsonPatch is null)
                errors.Required(at["jsonPatch"], "must be specified when patchType is JSONPatch");
            if (mutation.PatchType == "ApplyConfiguration" && mutation.JsonPatch is not null)
                errors.Invalid(at["jsonPatch"], (object)"{jsonPatch}", "must not be specified when patchType is ApplyConfiguration");
            if (mutation.PatchType == "JSONPatch" && mutation.ApplyConfiguration is not null)
                errors.Invalid(at["applyConfiguration"], (object)"{applyConfiguration}", "must not be specified when patchType is JSONPatch");
            var (text, where) = mutation.PatchType == "JSONPatch" ? (mutation.JsonPatch?.Expression, at["jsonPatch"]) : (mutation.ApplyConfiguration?.Expression, at["applyConfiguration"]);
            if (text is null)
                continue;
            if (text.Trim().Length == 0)
                errors.Required(where["expression"]);
            else if (MutatingPolicy.Compile(variables.Environment, mutation, out var problem) is null)
                errors.Invalid(where["expression"], (object)text, problem!);
        }

        BasicRules.RequiredOneOf(errors, path["reinvocationPolicy"], spec.ReinvocationPolicy, "IfNeeded", "Never");
    }
}
