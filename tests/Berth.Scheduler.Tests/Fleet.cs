using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Tests;

/// <summary>A random cluster: nodes with zones that some lack, pods with few labels in few namespaces, so that selectors often match.</summary>
internal sealed class Fleet(Random random)
{
    private static readonly string[] s_namespaces = ["a", "b", "c"];
    private static readonly string[] s_keys = ["zone", "kubernetes.io/hostname", "rack"];
    private int _pods;

    public Dictionary<string, Node> Nodes { get; } = [];

    /// <summary>Pods on nodes, by uid, with the name of their node.</summary>
    public Dictionary<string, (Pod Pod, string Node)> Placed { get; } = [];

    public Dictionary<string, ApiMap<string>> Namespaces { get; } = [];

    public Node Node(string name)
    {
        var labels = ApiMap.Of(("kubernetes.io/hostname", name));
        if (random.Next(6) > 0)
            labels = labels.With("zone", $"z{random.Next(3)}");
        if (random.Next(3) > 0)
            labels = labels.With("rack", $"r{random.Next(4)}");
        if (random.Next(3) == 0)
            labels = labels.With("disk", "ssd");
        return new()
        {
            Metadata = new() { Name = name, Labels = labels },
            Spec = random.Next(5) == 0 ? new() { Taints = [new() { Key = "k", Effect = random.Next(2) == 0 ? "NoSchedule" : "PreferNoSchedule" }] } : NodeSpec.Empty,
            Status = new() { Allocatable = Given.Amounts(("cpu", "64"), ("memory", "64Gi"), ("pods", "110")) },
        };
    }

    public Pod Pod()
    {
        var name = $"p{_pods++}";
        var pod = Given.Pod(name, cpu: "10m", memory: "1Mi");
        return pod with
        {
            Metadata = pod.Metadata with
            {
                Namespace = Pick(s_namespaces),
                Labels = Labels(),
                DeletionTimestamp = random.Next(10) == 0 ? DateTimeOffset.UnixEpoch : null,
            },
            Spec = pod.Spec with
            {
                Affinity = random.Next(2) == 0 ? null : Affinity(),
                TopologySpreadConstraints = random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Constraint()).DistinctBy(c => (c.TopologyKey, c.WhenUnsatisfiable))],
                Tolerations = random.Next(3) == 0 ? [new() { Key = "k", Operator = "Exists" }] : [],
                NodeSelector = random.Next(8) == 0 ? ApiMap.Of(("disk", "ssd")) : [],
            },
        };
    }

    public void ChangeSomething(ClusterState state)
    {
        var node = $"n{random.Next(8)}";
        switch (random.Next(12))
        {
            case 0:
            case 1:
                Nodes[node] = Node(node);
                state.SetNode(Nodes[node]);
                break;
            case 2:
                Nodes.Remove(node);
                state.RemoveNode(node);
                break;
            case 3:
                var ns = Pick(s_namespaces);
                Namespaces[ns] = ApiMap.Of(("team", $"t{random.Next(2)}"));
                state.SetNamespace(ns, Namespaces[ns]);
                break;
            case 4:
            case 5:
            case 6:
                if (Placed.Count == 0)
                    break;
                var gone = Placed.Keys.ElementAt(random.Next(Placed.Count));
                Placed.Remove(gone);
                state.RemovePod(gone);
                break;
            case 7:
                // The pod changes its labels where it is.
                if (Placed.Count == 0)
                    break;
                var (uid, (old, where)) = Placed.ElementAt(random.Next(Placed.Count));
                var changed = old with { Metadata = old.Metadata with { Labels = Labels() } };
                Placed[uid] = (changed, where);
                state.Reserve(changed, where);
                break;
            default:
                var pod = Pod();
                Placed[pod.Metadata.Uid] = (pod, node);
                state.Reserve(pod, node);
                break;
        }
    }

    private ApiMap<string> Labels() =>
        random.Next(6) == 0 ? [] : ApiMap.Of(("app", $"a{random.Next(3)}"), ("tier", $"t{random.Next(2)}"));

    private LabelSelector? Selector() => random.Next(8) switch
    {
        0 => new(),
        1 => new() { MatchExpressions = [new() { Key = "app", Operator = "NotIn", Values = ["a1"] }] },
        2 => new() { MatchExpressions = [new() { Key = "tier", Operator = "Exists" }] },
        3 => new() { MatchLabels = ApiMap.Of(("app", "a0"), ("tier", "t1")) },
        _ => new() { MatchLabels = ApiMap.Of(("app", $"a{random.Next(3)}")) },
    };

    private TopologySpreadConstraint Constraint() => new()
    {
        MaxSkew = random.Next(1, 3),
        TopologyKey = Pick(s_keys),
        WhenUnsatisfiable = random.Next(2) == 0 ? "DoNotSchedule" : "ScheduleAnyway",
        LabelSelector = Selector(),
        MinDomains = random.Next(4) == 0 ? random.Next(1, 5) : null,
        NodeAffinityPolicy = random.Next(3) switch { 0 => "Ignore", 1 => "Honor", _ => null },
        NodeTaintsPolicy = random.Next(3) switch { 0 => "Ignore", 1 => "Honor", _ => null },
        MatchLabelKeys = random.Next(4) == 0 ? ["tier"] : [],
    };

    private PodAffinityTerm Term() => new()
    {
        TopologyKey = Pick(s_keys),
        LabelSelector = Selector(),
        Namespaces = random.Next(3) == 0 ? [Pick(s_namespaces)] : [],
        NamespaceSelector = random.Next(4) switch { 0 => new(), 1 => new() { MatchLabels = ApiMap.Of(("team", "t0")) }, _ => null },
    };

    private Affinity Affinity()
    {
        ApiList<PodAffinityTerm> Required() => random.Next(3) == 0 ? [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Term())] : [];
        ApiList<WeightedPodAffinityTerm> Preferred() => random.Next(3) == 0 ? [new() { Weight = random.Next(1, 101), PodAffinityTerm = Term() }] : [];
        return new()
        {
            PodAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = Required(), PreferredDuringSchedulingIgnoredDuringExecution = Preferred() },
            PodAntiAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = Required(), PreferredDuringSchedulingIgnoredDuringExecution = Preferred() },
        };
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
