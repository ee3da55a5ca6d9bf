using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Admission;

/// <summary>A node begins as not ready, so that no pod is placed on it before it has said that it is.</summary>
public sealed class TaintNodesByConditionPlugin : KindPlugin<Node>
{
    private static readonly Taint s_notReady = new() { Key = "node.kubernetes.io/not-ready", Effect = "NoSchedule" };

    public override string Name => "TaintNodesByCondition";

    protected override ValueTask<Node> MutateAsync(AdmissionAttributes attributes, Node value, Node? old, CancellationToken cancellation) =>
        ValueTask.FromResult(attributes.Operation == AdmissionOperation.Create && !value.Spec.Taints.Any(t => t.Key == s_notReady.Key && t.Effect == s_notReady.Effect)
            ? value with { Spec = value.Spec with { Taints = value.Spec.Taints.Add(s_notReady) } }
            : value);
}
