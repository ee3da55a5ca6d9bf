using Berth.Api.FlowControl.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.FlowControl;

public sealed class PriorityLevelConfigurationStrategy : SpecAndStatusStrategy<PriorityLevelConfiguration>
{
    private const int Shares = 30;

    public override PriorityLevelConfiguration Default(PriorityLevelConfiguration value)
    {
        var spec = value.Spec;
        if (spec.Limited is { } limited)
        {
            var response = limited.LimitResponse;
            if (response.Queuing is { } queuing)
            {
                response = response with
                {
                    Queuing = queuing with
                    {
                        Queues = queuing.Queues == 0 ? 64 : queuing.Queues,
                        HandSize = queuing.HandSize == 0 ? 8 : queuing.HandSize,
                        QueueLengthLimit = queuing.QueueLengthLimit == 0 ? 50 : queuing.QueueLengthLimit,
                    },
                };
            }

            spec = spec with
            {
                Limited = limited with { NominalConcurrencyShares = limited.NominalConcurrencyShares ?? Shares, LendablePercent = limited.LendablePercent ?? 0, LimitResponse = response },
            };
        }

        if (spec.Exempt is { } exempt)
            spec = spec with { Exempt = exempt with { NominalConcurrencyShares = exempt.NominalConcurrencyShares ?? 0, LendablePercent = exempt.LendablePercent ?? 0 } };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    public override void Validate(PriorityLevelConfiguration value, FieldErrors errors)
    {
        BasicRules.OneOf(errors, FieldPath.Spec["type"], value.Spec.Type, "Exempt", "Limited");
        if (value.Spec is { Type: "Limited", Limited: null })
            errors.Required("spec.limited", "must not be empty when type is Limited");
        if (value.Spec is { Type: "Exempt", Limited: not null })
            errors.Forbidden("spec.limited", "must be nil if the type is not Limited");
    }

    protected override PriorityLevelConfiguration WithoutStatus(PriorityLevelConfiguration value) => value with { Status = PriorityLevelConfigurationStatus.Empty };

    protected override PriorityLevelConfiguration WithStatusOf(PriorityLevelConfiguration value, PriorityLevelConfiguration other) => value with { Status = other.Status };

    protected override PriorityLevelConfiguration WithSpecOf(PriorityLevelConfiguration value, PriorityLevelConfiguration other) => value with { Spec = other.Spec };

    protected override bool SameSpec(PriorityLevelConfiguration value, PriorityLevelConfiguration other) => value.Spec == other.Spec;
}
