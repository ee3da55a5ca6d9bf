using Berth.Api.Coordination.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Coordination;

public sealed class LeaseStrategy : ResourceStrategy<Lease>
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override bool HasGeneration => false;

    public override void Validate(Lease value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        if (spec.LeaseDurationSeconds is <= 0)
            errors.Invalid(path["leaseDurationSeconds"], spec.LeaseDurationSeconds, "must be greater than 0");
        if (spec.LeaseTransitions is < 0)
            errors.Invalid(path["leaseTransitions"], spec.LeaseTransitions, "must be greater than or equal to 0");
        if (spec is { PreferredHolder.Length: > 0, Strategy: null or "" })
            errors.Forbidden(path["preferredHolder"], "may only be specified if `strategy` is defined");
    }
}
