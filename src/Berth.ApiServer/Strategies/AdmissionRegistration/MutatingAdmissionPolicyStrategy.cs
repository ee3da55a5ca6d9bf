using Berth.Api.AdmissionRegistration.V1;
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

    public override IEnumerable<string> Warnings(MutatingAdmissionPolicy value, MutatingAdmissionPolicy? old) =>
        ["admission policies are stored but not applied by this server"];

    public override void Validate(MutatingAdmissionPolicy value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        BasicRules.OneOf(errors, path["failurePolicy"], spec.FailurePolicy ?? "", "Fail", "Ignore");
        if (spec.ParamKind is { } kind)
            PolicyRules.Kind(errors, path["paramKind"], kind);
        PolicyRules.Constraints(errors, path["matchConstraints"], spec.MatchConstraints);
        RuleRules.Conditions(errors, path["matchConditions"], spec.MatchConditions);
        PolicyRules.Variables(errors, path["variables"], spec.Variables);
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
        }

        BasicRules.RequiredOneOf(errors, path["reinvocationPolicy"], spec.ReinvocationPolicy, "IfNeeded", "Never");
    }
}
