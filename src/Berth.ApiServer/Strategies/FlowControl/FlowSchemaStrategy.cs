using Berth.Api.FlowControl.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.FlowControl;

public sealed class FlowSchemaStrategy : SpecAndStatusStrategy<FlowSchema>
{
    private const int Precedence = 1000;
    private const int PrecedenceMax = 10_000;

    public override FlowSchema Default(FlowSchema value) => value.Spec.MatchingPrecedence == 0
        ? value with { Spec = value.Spec with { MatchingPrecedence = Precedence } }
        : value;

    public override void Validate(FlowSchema value, FieldErrors errors)
    {
        if (value.Spec.MatchingPrecedence is <= 0 or > PrecedenceMax)
            errors.Invalid("spec.matchingPrecedence", value.Spec.MatchingPrecedence, $"must be a value between 1 and {PrecedenceMax} (inclusive)");
        if (value.Spec.PriorityLevelConfiguration.Name.Length == 0)
            errors.Required("spec.priorityLevelConfiguration.name", "must reference a priority level");
    }

    protected override FlowSchema WithoutStatus(FlowSchema value) => value with { Status = FlowSchemaStatus.Empty };

    protected override FlowSchema WithStatusOf(FlowSchema value, FlowSchema other) => value with { Status = other.Status };

    protected override FlowSchema WithSpecOf(FlowSchema value, FlowSchema other) => value with { Spec = other.Spec };

    protected override bool SameSpec(FlowSchema value, FlowSchema other) => value.Spec == other.Spec;
}
