using Berth.Api.Core.V1;

namespace Berth.ApiServer.Strategies.Core;

public sealed class NodeStrategy : SpecAndStatusStrategy<Node>
{
    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Node, string>> SelectableFields { get; } = new Dictionary<string, Func<Node, string>>
    {
        ["spec.unschedulable"] = n => n.Spec.Unschedulable ? "true" : "false",
    };

    public override Node Default(Node value) => value.Status.Allocatable.IsEmpty && !value.Status.Capacity.IsEmpty
        ? value with { Status = value.Status with { Allocatable = value.Status.Capacity } }
        : value;

    /// <summary>A node registers itself together with what it has, so its status is kept.</summary>
    public override Node PrepareForCreate(Node value) => value;

    protected override Node WithoutStatus(Node value) => value with { Status = NodeStatus.Empty };

    protected override Node WithStatusOf(Node value, Node other) => value with { Status = other.Status };

    protected override Node WithSpecOf(Node value, Node other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Node value, Node other) => value.Spec == other.Spec;
}
