using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Scheduler.Plugins;

namespace Berth.Scheduler.Tests;

/// <summary>Spreading and affinity between pods as their documentation has it, pod by pod and node by node, without any index.</summary>
internal sealed class PlainModel(Fleet fleet)
{
    private IEnumerable<(Pod Pod, Node Node)> Standing =>
        fleet.Placed.Values.Where(p => fleet.Nodes.ContainsKey(p.Node)).Select(p => (p.Pod, fleet.Nodes[p.Node]));

    /// <summary>Null when spreading lets the pod onto the node, else the reason.</summary>
    public string? Spread(Pod pod, Node node)
    {
        var hard = pod.Spec.TopologySpreadConstraints.Where(c => c.WhenUnsatisfiable == "DoNotSchedule").ToList();
        foreach (var constraint in hard)
        {
            if (!node.Metadata.Labels.TryGetValue(constraint.TopologyKey, out var own))
                return "node(s) didn't match pod topology spread constraints (missing required label)";
            var counts = Domains(pod, constraint, hard, Selects(pod, constraint));
            var least = counts.Count < (constraint.MinDomains ?? 1) ? 0 : counts.Values.DefaultIfEmpty(int.MaxValue).Min();
            var self = Selects(pod, constraint)(pod.Metadata.Labels) ? 1 : 0;
            if ((long)counts.GetValueOrDefault(own) + self - least > constraint.MaxSkew)
                return "node(s) didn't match pod topology spread constraints";
        }

        return null;
    }

    /// <summary>Null when affinity between pods lets the pod onto the node, else the reason.</summary>
    public string? Affinity(Pod pod, Node node)
    {
        var near = pod.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        var far = pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];
        bool MatchesAll(Pod other) => near.All(t => Means(t, pod, other));
        if (!near.IsEmpty)
        {
            if (near.Any(t => !node.Metadata.Labels.ContainsKey(t.TopologyKey)))
                return "node(s) didn't match pod affinity rules";
            var wanted = Standing.Where(s => MatchesAll(s.Pod)).ToList();
            var fits = near.All(t => wanted.Any(w => Shares(t, w.Node, node)));
            var none = !wanted.Any(w => near.Any(t => w.Node.Metadata.Labels.ContainsKey(t.TopologyKey)));
            if (!fits && !(none && MatchesAll(pod)))
                return "node(s) didn't match pod affinity rules";
        }

        if (far.Any(t => Standing.Any(s => Means(t, pod, s.Pod) && Shares(t, s.Node, node))))
            return "node(s) didn't match pod anti-affinity rules";
        if (Standing.Any(s => (s.Pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
            .Any(t => Means(t, s.Pod, pod) && Shares(t, s.Node, node))))
            return "node(s) didn't satisfy existing pods anti-affinity rules";
        return null;
    }

    /// <summary>Raw weight of a node for the pod's and the others' wishes.</summary>
    public long AffinityWeight(Pod pod, Node node)
    {
        long sum = 0;
        foreach (var (other, where) in Standing)
        {
            sum += (pod.Spec.Affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Where(t => Means(t.PodAffinityTerm, pod, other) && Shares(t.PodAffinityTerm, where, node)).Sum(t => t.Weight);
            sum -= (pod.Spec.Affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Where(t => Means(t.PodAffinityTerm, pod, other) && Shares(t.PodAffinityTerm, where, node)).Sum(t => t.Weight);
            sum += (other.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Count(t => Means(t, other, pod) && Shares(t, where, node));
            sum += (other.Spec.Affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Where(t => Means(t.PodAffinityTerm, other, pod) && Shares(t.PodAffinityTerm, where, node)).Sum(t => t.Weight);
            sum -= (other.Spec.Affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Where(t => Means(t.PodAffinityTerm, other, pod) && Shares(t.PodAffinityTerm, where, node)).Sum(t => t.Weight);
        }

        return sum;
    }

    /// <summary>Raw cost of each node for the pod's wishes to be spread; null for nodes that lack a label.</summary>
    public Dictionary<string, long?> SpreadCost(Pod pod, IReadOnlyList<Node> feasible)
    {
        var soft = pod.Spec.TopologySpreadConstraints.Where(c => c.WhenUnsatisfiable == "ScheduleAnyway").ToList();
        bool Takes(Node node) => soft.TrueForAll(c => node.Metadata.Labels.ContainsKey(c.TopologyKey));
        var taking = feasible.Where(Takes).ToList();
        var costs = new Dictionary<string, long?>();
        foreach (var node in feasible)
        {
            double cost = 0;
            foreach (var constraint in soft)
            {
                if (!Takes(node))
                    break;
                var selects = Selects(pod, constraint);
                var value = node.Metadata.Labels[constraint.TopologyKey];
                var host = constraint.TopologyKey == "kubernetes.io/hostname";
                var size = host ? taking.Count : taking.Select(n => n.Metadata.Labels[constraint.TopologyKey]).Distinct().Count();
                var count = host
                    ? Counted(pod, constraint, selects).Count(s => s.Node.Metadata.Name == node.Metadata.Name)
                    : Domains(pod, constraint, soft, selects).GetValueOrDefault(value);
                cost += (count * Math.Log(size + 2)) + (constraint.MaxSkew - 1);
            }

            costs[node.Metadata.Name] = Takes(node) ? (long)Math.Round(cost, MidpointRounding.AwayFromZero) : null;
        }

        return costs;
    }

    private Dictionary<string, int> Domains(Pod pod, TopologySpreadConstraint constraint, List<TopologySpreadConstraint> all, Func<ApiMap<string>, bool> selects)
    {
        var counts = new Dictionary<string, int>();
        foreach (var node in fleet.Nodes.Values)
        {
            if (!all.TrueForAll(c => node.Metadata.Labels.ContainsKey(c.TopologyKey)))
                continue;
            if (constraint.NodeAffinityPolicy != "Ignore" && !new RequiredNodeAffinity(pod).Matches(node))
                continue;
            if (constraint.NodeTaintsPolicy == "Honor" && !Tolerations.TolerateHard(pod, node))
                continue;
            var value = node.Metadata.Labels[constraint.TopologyKey];
            counts[value] = counts.GetValueOrDefault(value) + Counted(pod, constraint, selects).Count(s => s.Node.Metadata.Name == node.Metadata.Name);
        }

        return counts;
    }

    // An empty selector counts nothing, although it selects the pod itself.
    private IEnumerable<(Pod Pod, Node Node)> Counted(Pod pod, TopologySpreadConstraint constraint, Func<ApiMap<string>, bool> selects) =>
        constraint.LabelSelector is { MatchLabels.IsEmpty: true, MatchExpressions.IsEmpty: true } && !constraint.MatchLabelKeys.Any(pod.Metadata.Labels.ContainsKey)
            ? []
            : Standing.Where(s => s.Pod.Metadata.Namespace == pod.Metadata.Namespace && s.Pod.Metadata.DeletionTimestamp is null && selects(s.Pod.Metadata.Labels));

    private static Func<ApiMap<string>, bool> Selects(Pod pod, TopologySpreadConstraint constraint)
    {
        var selector = LabelSelectors.Compile(constraint.LabelSelector);
        return labels => selector.Matches(labels) && constraint.MatchLabelKeys.All(k => !pod.Metadata.Labels.TryGetValue(k, out var own) || labels.GetOr(k) == own);
    }

    private bool Means(PodAffinityTerm term, Pod owner, Pod other)
    {
        var own = term.Namespaces.IsEmpty && term.NamespaceSelector is null && owner.Metadata.Namespace == other.Metadata.Namespace;
        var named = term.Namespaces.Contains(other.Metadata.Namespace);
        var selected = LabelSelectors.Compile(term.NamespaceSelector).Matches(fleet.Namespaces.GetValueOrDefault(other.Metadata.Namespace) ?? []);
        return (own || named || selected) && LabelSelectors.Compile(term.LabelSelector).Matches(other.Metadata.Labels);
    }

    private static bool Shares(PodAffinityTerm term, Node left, Node right) =>
        left.Metadata.Labels.TryGetValue(term.TopologyKey, out var a) && right.Metadata.Labels.TryGetValue(term.TopologyKey, out var b) && a == b;
}
