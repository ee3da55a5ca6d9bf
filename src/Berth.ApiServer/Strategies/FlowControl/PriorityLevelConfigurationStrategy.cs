using Berth.Api.FlowControl.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.FlowControl;

public sealed class PriorityLevelConfigurationStrategy : SpecAndStatusStrategy<PriorityLevelConfiguration>
{
    private const int Shares = 30;
    private const int QueuesMax = 10_000_000;

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
        if (value.Spec.Limited is { } limited)
            Validate(limited, errors);
        Percent(errors, "spec.exempt.lendablePercent", value.Spec.Exempt?.LendablePercent);
    }

    private static void Validate(LimitedPriorityLevelConfiguration limited, FieldErrors errors)
    {
        if (limited.NominalConcurrencyShares < 0)
            errors.Invalid("spec.limited.nominalConcurrencyShares", limited.NominalConcurrencyShares, "must be a non-negative integer");
        Percent(errors, "spec.limited.lendablePercent", limited.LendablePercent);
        if (limited.BorrowingLimitPercent < 0)
            errors.Invalid("spec.limited.borrowingLimitPercent", limited.BorrowingLimitPercent, "if specified, must be a non-negative integer");
        var response = limited.LimitResponse;
        BasicRules.OneOf(errors, FieldPath.Spec["limited"]["limitResponse"]["type"], response.Type, "Queue", "Reject");
        if (response is { Type: "Queue", Queuing: null })
            errors.Required("spec.limited.limitResponse.queuing", "must not be empty if limited.limitResponse.type is Queue");
        if (response is { Type: "Reject", Queuing: not null })
            errors.Forbidden("spec.limited.limitResponse.queuing", "must be nil if limited.limitResponse.type is not Limited");
        if (response.Queuing is not { } queuing)
            return;
        if (queuing.QueueLengthLimit <= 0)
            errors.Invalid("spec.limited.limitResponse.queuing.queueLengthLimit", queuing.QueueLengthLimit, "must be positive");
        if (queuing.Queues is <= 0 or > QueuesMax)
            errors.Invalid("spec.limited.limitResponse.queuing.queues", queuing.Queues, $"must be positive and no greater than {QueuesMax}");
        if (queuing.HandSize <= 0)
            errors.Invalid("spec.limited.limitResponse.queuing.handSize", queuing.HandSize, "must be positive");
        else if (queuing.HandSize > queuing.Queues)
            errors.Invalid("spec.limited.limitResponse.queuing.handSize", queuing.HandSize, $"should not be greater than queues ({queuing.Queues})");
    }

    private static void Percent(FieldErrors errors, string path, int? value)
    {
        if (value is < 0 or > 100)
            errors.Invalid(path, value, "must be between 0 and 100, inclusive");
    }

    protected override PriorityLevelConfiguration WithoutStatus(PriorityLevelConfiguration value) => value with { Status = PriorityLevelConfigurationStatus.Empty };

    protected override PriorityLevelConfiguration WithStatusOf(PriorityLevelConfiguration value, PriorityLevelConfiguration other) => value with { Status = other.Status };

    protected override PriorityLevelConfiguration WithSpecOf(PriorityLevelConfiguration value, PriorityLevelConfiguration other) => value with { Spec = other.Spec };

    protected override bool SameSpec(PriorityLevelConfiguration value, PriorityLevelConfiguration other) => value.Spec == other.Spec;
}
