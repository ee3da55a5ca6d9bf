using Berth.Api;
using Berth.Api.Apps.V1;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Controllers.Pods;

namespace Berth.Controllers.DaemonSets;

/// <summary>A DaemonSet's pods: how they are tied to their node, and which nodes may have one.</summary>
public static class DaemonPods
{
    /// <summary>On pods and revisions: the hash of the template.</summary>
    public const string HashLabel = "controller-revision-hash";

    private const string NodeNameField = "metadata.name";
    private const string GenerationAnnotation = "deprecated.daemonset.template.generation";
    private const string GenerationLabel = "pod-template-generation";

    // What a node's own troubles put on it. A daemon is part of the node: it stays through them.
    private static readonly (string Key, string Effect)[] s_tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    /// <summary>A pod for this node. The scheduler binds it: by then it knows what else the node must carry.</summary>
    public static Pod Make(DaemonSet set, string node, string hash)
    {
        var pod = PodTemplates.Pod(set.Spec.Template, set);
        var labels = pod.Metadata.Labels.With(HashLabel, hash);
        if (set.Metadata.Annotations.TryGetValue(GenerationAnnotation, out var generation))
            labels = labels.With(GenerationLabel, generation);
        var affinity = pod.Spec.Affinity ?? Affinity.Empty;
        var only = new NodeSelector
        {
            NodeSelectorTerms = [new NodeSelectorTerm { MatchFields = [new NodeSelectorRequirement { Key = NodeNameField, Operator = "In", Values = [node] }] }],
        };
        return pod with
        {
            Metadata = pod.Metadata with { Labels = labels },
            Spec = pod.Spec with
            {
                Affinity = affinity with { NodeAffinity = (affinity.NodeAffinity ?? NodeAffinity.Empty) with { RequiredDuringSchedulingIgnoredDuringExecution = only } },
                Tolerations = Tolerations(pod.Spec),
            },
        };
    }

    /// <summary>The node that a pod is on or is meant for; empty when it is meant for none.</summary>
    public static string NodeOf(Pod pod)
    {
        if (pod.Spec.NodeName.Length > 0)
            return pod.Spec.NodeName;
        foreach (var term in pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms ?? [])
        {
            foreach (var field in term.MatchFields)
            {
                if (field is { Key: NodeNameField, Operator: "In", Values.Count: 1 })
                    return field.Values[0];
            }
        }

        return "";
    }

    public static NodeEligibility Eligibility(DaemonSet set, Node node)
    {
        var spec = set.Spec.Template.Spec;
        if ((spec.NodeName.Length > 0 && spec.NodeName != node.Metadata.Name) || !Selects(spec, node))
            return NodeEligibility.None;
        var tolerations = Tolerations(spec);
        var untolerated = node.Spec.Taints.Where(t => t.Effect is "NoSchedule" or "NoExecute" && !tolerations.Any(o => Tolerates(o, t))).ToList();
        if (untolerated.Count == 0)
            return NodeEligibility.Run;
        return untolerated.Exists(static t => t.Effect == "NoExecute") ? NodeEligibility.None : NodeEligibility.Stay;
    }

    private static bool Selects(PodSpec spec, Node node)
    {
        if (!LabelSelectors.FromLabels(spec.NodeSelector).Matches(node.Metadata.Labels))
            return false;
        if (spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required)
            return true;
        return required.NodeSelectorTerms.Any(t =>
            (t.MatchExpressions.Count > 0 || t.MatchFields.Count > 0)
            && LabelSelectors.Compile(t.MatchExpressions).Matches(node.Metadata.Labels)
            && LabelSelectors.Compile(t.MatchFields).Matches(ApiMap.Of((NodeNameField, node.Metadata.Name))));
    }

    private static ApiList<Toleration> Tolerations(PodSpec spec)
    {
        var all = spec.Tolerations.ToList();
        foreach (var (key, effect) in spec.HostNetwork ? [.. s_tolerated, ("node.kubernetes.io/network-unavailable", "NoSchedule")] : s_tolerated)
        {
            if (!all.Exists(t => t.Key == key && t.Effect == effect && t.Operator == "Exists" && t.TolerationSeconds is null))
                all.Add(new Toleration { Key = key, Operator = "Exists", Effect = effect });
        }

        return all.ToApiList();
    }

    internal static bool Tolerates(Toleration toleration, Taint taint) =>
        (toleration.Effect.Length == 0 || toleration.Effect == taint.Effect)
        && (toleration.Key.Length == 0 || toleration.Key == taint.Key)
        && (toleration.Operator == "Exists" || (toleration.Key.Length > 0 && toleration.Value == taint.Value));
}

/// <summary>What a node is to a DaemonSet.</summary>
public enum NodeEligibility
{
    /// <summary>It must not have a pod.</summary>
    None,

    /// <summary>It gets no new pod but keeps the one it has.</summary>
    Stay,

    /// <summary>It is to have a pod.</summary>
    Run,
}
