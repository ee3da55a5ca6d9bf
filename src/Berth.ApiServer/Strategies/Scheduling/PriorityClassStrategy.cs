using Berth.Api.Scheduling.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Scheduling;

public sealed class PriorityClassStrategy : ResourceStrategy<PriorityClass>
{
    private const int UserMax = 1_000_000_000;

    /// <summary>Counted, but fixed at 1 as in Kubernetes: a class never changes in what matters.</summary>
    public override bool HasGeneration => true;

    public override PriorityClass Default(PriorityClass value) =>
        value.PreemptionPolicy is null ? value with { PreemptionPolicy = "PreemptLowerPriority" } : value;

    public override void Validate(PriorityClass value, FieldErrors errors)
    {
        if (value.Metadata.Name.StartsWith("system-", StringComparison.Ordinal))
            System(errors, value);
        else if (value.Value > UserMax)
            errors.Forbidden("value", $"maximum allowed value of a user defined priority is {UserMax}");
        if (value.PreemptionPolicy is { } policy)
            BasicRules.RequiredOneOf(errors, FieldPath.Root["preemptionPolicy"], policy, "PreemptLowerPriority", "Never");
    }

    public override void ValidateUpdate(PriorityClass value, PriorityClass old, FieldErrors errors)
    {
        if (value.Value != old.Value)
            errors.Forbidden("value", "may not be changed in an update.");
        BasicRules.Unchanged(errors, FieldPath.Root["preemptionPolicy"], value.PreemptionPolicy, old.PreemptionPolicy);
    }

    private static void System(FieldErrors errors, PriorityClass value)
    {
        var known = value.Metadata.Name switch
        {
            "system-cluster-critical" => 2_000_000_000,
            "system-node-critical" => 2_000_001_000,
            _ => (int?)null,
        };
        var problem = known is null ? $"{value.Metadata.Name} is not a known system priority class"
            : value.Value != known ? $"value of {value.Metadata.Name} PriorityClass must be {known}"
            : value.GlobalDefault ? $"globalDefault of {value.Metadata.Name} PriorityClass must be false"
            : null;
        if (problem is not null)
            errors.Forbidden("metadata.name", $"priority class names with 'system-' prefix are reserved for system use only. error: {problem}");
    }
}
