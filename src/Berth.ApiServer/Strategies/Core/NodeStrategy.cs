using Berth.Api.Core.V1;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Core;

public sealed class NodeStrategy : SpecAndStatusStrategy<Node>
{
    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Node, string>> SelectableFields { get; } = new Dictionary<string, Func<Node, string>>
    {
        ["spec.unschedulable"] = n => n.Spec.Unschedulable ? "true" : "false",
    };

    public override Node Default(Node value)
    {
        // The older name of the first range.
        var (range, all) = (value.Spec.PodCIDR, value.Spec.PodCIDRs);
        if (range.Length > 0 && (all.IsEmpty || all[0] != range))
            value = value with { Spec = value.Spec with { PodCIDRs = [range] } };
        else if (range.Length == 0 && !all.IsEmpty)
            value = value with { Spec = value.Spec with { PodCIDR = all[0] } };
        return value.Status.Allocatable.IsEmpty && !value.Status.Capacity.IsEmpty
            ? value with { Status = value.Status with { Allocatable = value.Status.Capacity } }
            : value;
    }

    /// <summary>A node registers itself together with what it has, so its status is kept.</summary>
    public override Node PrepareForCreate(Node value) => value;

    public override void Validate(Node value, FieldErrors errors)
    {
        SchedulingRules.Taints(errors, FieldPath.Metadata["taints"], value.Spec.Taints);
        foreach (var (name, quantity) in value.Status.Capacity.AsSpan())
            ResourceRules.Value(errors, FieldPath.Root["status"]["capacity"][name], name, quantity);
        foreach (var (name, quantity) in value.Status.Allocatable.AsSpan())
            ResourceRules.Value(errors, FieldPath.Root["status"]["allocatable"][name], name, quantity);
        for (var i = 0; i < value.Spec.PodCIDRs.Count; i++)
            IpRules.Prefix(errors, FieldPath.Spec["podCIDRs"][i], value.Spec.PodCIDRs[i]);
    }

    public override void ValidateUpdate(Node value, Node old, FieldErrors errors)
    {
        if (!old.Spec.PodCIDRs.IsEmpty && !old.Spec.PodCIDRs.Equals(value.Spec.PodCIDRs))
            errors.Forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
        if (old.Spec.ProviderID.Length > 0 && old.Spec.ProviderID != value.Spec.ProviderID)
            errors.Forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
    }

    public override void ValidateStatusUpdate(Node value, Node old, FieldErrors errors)
    {
        Validate(value, errors);
        var seen = new HashSet<NodeAddress>();
        for (var i = 0; i < value.Status.Addresses.Count; i++)
        {
            if (!seen.Add(value.Status.Addresses[i]))
                errors.Duplicate(FieldPath.Root["status"]["addresses"][i], value.Status.Addresses[i]);
        }
    }

    protected override Node WithoutStatus(Node value) => value with { Status = NodeStatus.Empty };

    protected override Node WithStatusOf(Node value, Node other) => value with { Status = other.Status };

    protected override Node WithSpecOf(Node value, Node other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Node value, Node other) => value.Spec == other.Spec;
}
