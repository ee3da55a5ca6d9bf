using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Explain;

/// <summary>The ways in which a pod could ask for less of what stands in its way.</summary>
internal static class PodChanges
{
    public static IEnumerable<PodChange> Of(Pod pod, ClusterState state, IReadOnlyDictionary<int, List<Candidates.Rejection>> refusals)
    {
        var filters = refusals.Values.SelectMany(r => r).Select(r => r.Filter).ToHashSet(StringComparer.Ordinal);
        var changes = new List<PodChange>();
        if (filters.Contains(nameof(NodeResourcesFit)))
            changes.AddRange(Requests(pod, state, refusals));
        if (filters.Contains(nameof(TaintToleration)))
            changes.AddRange(Taints(pod, state, refusals));
        if (filters.Contains(nameof(Plugins.NodeAffinity)))
            changes.AddRange(NodeRules(pod));
        if (filters.Contains(nameof(PodTopologySpread)))
            changes.AddRange(Spread(pod));
        if (filters.Contains(nameof(InterPodAffinity)))
            changes.AddRange(PodRules(pod));
        if (filters.Contains(nameof(NodePorts)))
            changes.AddRange(Ports(pod));
        return changes.OrderBy(c => c.Cost);
    }

    // For each resource: what the roomiest node has free, first of those that lack nothing else.
    private static IEnumerable<PodChange> Requests(Pod pod, ClusterState state, IReadOnlyDictionary<int, List<Candidates.Rejection>> refusals)
    {
        var demand = PodDemand.Requests(pod);
        foreach (var resource in refusals.Values.SelectMany(r => r).Where(r => r.Filter == nameof(NodeResourcesFit) && r.Reason.StartsWith("Insufficient ", StringComparison.Ordinal))
            .Select(r => r.Reason["Insufficient ".Length..]).Distinct(StringComparer.Ordinal))
        {
            // Ephemeral storage cannot be asked for by the pod as a whole, so that it is not tried.
            if (resource == "ephemeral-storage" || state.Column(resource) is not { } column)
                continue;
            var asked = ResourceWeight.Amount(demand, resource);
            var rows = refusals.Where(r => r.Value.Exists(v => v.Reason == "Insufficient " + resource)).ToList();
            var near = rows.Where(r => r.Value.Count == 1).ToList();
            var free = (near.Count > 0 ? near : rows).Max(r => column.Allocatable[r.Key] - column.Used[r.Key]);
            if (free <= 0 || free >= asked)
                continue;
            var (amount, text) = Show(resource, free);
            if (amount <= 0)
                continue;
            yield return new PodChange(
                $"ask for at most {text} of {resource} (it asks for {Show(resource, asked).Text})",
                1 + (4 * (1 - ((double)free / asked))),
                p => p with
                {
                    Spec = p.Spec with
                    {
                        Resources = (p.Spec.Resources ?? ResourceRequirements.Empty) with
                        {
                            Requests = (p.Spec.Resources?.Requests ?? []).With(resource, Units(resource, amount) - p.Spec.Overhead.GetOr(resource)),
                        },
                    },
                });
        }
    }

    private static Quantity Units(string resource, long amount) =>
        resource == "cpu" ? Quantity.Parse(string.Create(CultureInfo.InvariantCulture, $"{amount}m")) : Quantity.FromUnits(amount);

    private static (long Amount, string Text) Show(string resource, long amount)
    {
        const long mebi = 1 << 20;
        return resource switch
        {
            "cpu" => (amount, string.Create(CultureInfo.InvariantCulture, $"{amount}m")),
            _ when resource == "memory" || resource.StartsWith("hugepages-", StringComparison.Ordinal) =>
                (amount / mebi * mebi, string.Create(CultureInfo.InvariantCulture, $"{amount / mebi}Mi")),
            _ => (amount, amount.ToString(CultureInfo.InvariantCulture)),
        };
    }

    private static IEnumerable<PodChange> Taints(Pod pod, ClusterState state, IReadOnlyDictionary<int, List<Candidates.Rejection>> refusals) => refusals
        .Where(r => r.Value.Exists(v => v.Filter == nameof(TaintToleration)) && !state.Cordoned.Contains(r.Key))
        .SelectMany(r => state.Node(r.Key).Spec.Taints)
        .Where(t => t.Effect is "NoSchedule" or "NoExecute" && !Tolerations.Tolerate(pod.Spec.Tolerations, t))
        .Select(t => t with { TimeAdded = null })
        .Distinct()
        // To tolerate that a node is unwell helps nobody.
        .Select(t => new PodChange(
            t.Key.StartsWith("node.kubernetes.io/", StringComparison.Ordinal)
                ? $"wait until a node loses the taint {Show(t)}, or tolerate it"
                : $"tolerate the taint {Show(t)}",
            t.Key.StartsWith("node.kubernetes.io/", StringComparison.Ordinal) ? 4 : 2,
            p => p with
            {
                Spec = p.Spec with { Tolerations = p.Spec.Tolerations.Add(new() { Key = t.Key, Operator = "Equal", Value = t.Value, Effect = t.Effect }) },
            }));

    private static string Show(Taint taint) => $"{taint.Key}{(taint.Value.Length > 0 ? "=" + taint.Value : "")}:{taint.Effect}";

    private static IEnumerable<PodChange> NodeRules(Pod pod)
    {
        foreach (var (key, value) in pod.Spec.NodeSelector)
        {
            yield return new PodChange(
                $"drop the node selector {key}={value}, or give that label to a node",
                3,
                p => p with { Spec = p.Spec with { NodeSelector = p.Spec.NodeSelector.Without(key) } });
        }

        if (pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
        {
            var rules = string.Join(" or ", required.NodeSelectorTerms.Select(t => string.Join(" and ", t.MatchExpressions.Concat(t.MatchFields).Select(Show))));
            yield return new PodChange(
                $"drop the required node affinity ({rules}), or label a node so that it matches",
                3.5,
                p => WithAffinity(p, a => a with { NodeAffinity = a.NodeAffinity! with { RequiredDuringSchedulingIgnoredDuringExecution = null } }));
        }
    }

    private static string Show(NodeSelectorRequirement rule) =>
        rule.Values.IsEmpty ? $"{rule.Key} {rule.Operator}" : $"{rule.Key} {rule.Operator} {string.Join(",", rule.Values)}";

    private static IEnumerable<PodChange> Spread(Pod pod)
    {
        for (var i = 0; i < pod.Spec.TopologySpreadConstraints.Count; i++)
        {
            var (at, constraint) = (i, pod.Spec.TopologySpreadConstraints[i]);
            if (constraint.WhenUnsatisfiable != "DoNotSchedule")
                continue;
            yield return new PodChange(
                string.Create(CultureInfo.InvariantCulture, $"raise the spread's maxSkew over {constraint.TopologyKey} to {constraint.MaxSkew + 1}"),
                2,
                p => With(p, at, constraint with { MaxSkew = constraint.MaxSkew + 1 }));
            yield return new PodChange(
                $"make the spread over {constraint.TopologyKey} a wish (whenUnsatisfiable: ScheduleAnyway)",
                3,
                p => With(p, at, constraint with { WhenUnsatisfiable = "ScheduleAnyway" }));
        }

        static Pod With(Pod pod, int at, TopologySpreadConstraint constraint) =>
            pod with { Spec = pod.Spec with { TopologySpreadConstraints = pod.Spec.TopologySpreadConstraints.SetItem(at, constraint) } };
    }

    private static IEnumerable<PodChange> PodRules(Pod pod)
    {
        foreach (var term in pod.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
        {
            yield return new PodChange(
                $"drop the required affinity to pods over {term.TopologyKey}, or place a pod that it means first",
                3,
                p => WithAffinity(p, a => a with { PodAffinity = a.PodAffinity! with { RequiredDuringSchedulingIgnoredDuringExecution = Without(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution, term) } }));
        }

        foreach (var term in pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [])
        {
            yield return new PodChange(
                $"make the required anti-affinity over {term.TopologyKey} a preference",
                3,
                p => WithAffinity(p, a => a with { PodAntiAffinity = a.PodAntiAffinity! with { RequiredDuringSchedulingIgnoredDuringExecution = Without(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution, term) } }));
        }
    }

    private static IEnumerable<PodChange> Ports(Pod pod)
    {
        foreach (var port in HostPort.Of(pod).Distinct())
        {
            yield return new PodChange(
                string.Create(CultureInfo.InvariantCulture, $"do without the host port {port.Port}/{port.Protocol}"),
                3,
                p => p with
                {
                    Spec = p.Spec with
                    {
                        Containers = p.Spec.Containers.Map(c => Without(c, port.Port)),
                        InitContainers = p.Spec.InitContainers.Map(c => Without(c, port.Port)),
                    },
                });
        }

        static Container Without(Container container, int port) =>
            container with { Ports = container.Ports.Map(p => p.HostPort == port ? p with { HostPort = 0 } : p) };
    }

    private static Pod WithAffinity(Pod pod, Func<Affinity, Affinity> change) =>
        pod with { Spec = pod.Spec with { Affinity = change(pod.Spec.Affinity!) } };

    private static ApiList<PodAffinityTerm> Without(ApiList<PodAffinityTerm> terms, PodAffinityTerm term) => [.. terms.Where(t => t != term)];
}
