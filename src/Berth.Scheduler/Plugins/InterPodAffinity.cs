using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;
using Berth.Scheduler.Topology;

namespace Berth.Scheduler.Plugins;

/// <summary>
/// Pods that want to be near others or away from them, and pods that others want near or away: what is required filters,
/// preferences score. A requirement to be away holds both ways.
/// </summary>
/// <param name="hardWeight">What a requirement of another pod to have this one near counts in scores, from 0 to 100.</param>
/// <param name="ignoreOthersPreferences">Preferences of pods that are placed do not count for pods without preferences.</param>
public sealed class InterPodAffinity(int hardWeight = 1, bool ignoreOthersPreferences = false) : IFilterPlugin, IScorePlugin
{
    public string Name => nameof(InterPodAffinity);

    public int Weight => 2;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        if (pod.Affinity.Required.Count > 0)
            FilterNear(pod, state, candidates);
        foreach (var term in pod.Affinity.RequiredAnti)
        {
            var column = state.Topology.Column(term.TopologyKey);
            var counts = state.Topology.Counter(term.Matcher).ByDomain(column);
            var domains = column.Domains;
            foreach (var row in candidates.Remaining)
            {
                if (domains[row] != TopologyColumn.None && counts[domains[row]] > 0)
                    candidates.Reject(row, Name, resolvable: true, "node(s) didn't match pod anti-affinity rules");
            }
        }

        foreach (var group in state.Topology.Look(pod.Pod).Terms)
            FilterRepelled(group, candidates);
    }

    public bool MayHelp(Pod pod, ClusterEvent change)
    {
        var terms = AffinityTerms.Of(pod);
        // Whether namespaces match is left aside: their labels are not at hand here, and a try too many does no harm.
        bool Wanted(Pod other) => terms.Required.Count > 0 && terms.Required.All(t => MayMean(t, other));
        bool Unwanted(Pod other) => terms.RequiredAnti.Any(t => MayMean(t, other));
        bool Repels(Pod other) => AffinityTerms.Of(other).RequiredAnti.Any(t => MayMean(t, pod));
        bool SameDomain(Node old, Node node) => terms.Required.Concat(terms.RequiredAnti)
            .All(t => old.Metadata.Labels.GetOr(t.TopologyKey) == node.Metadata.Labels.GetOr(t.TopologyKey));
        return change switch
        {
            ClusterEvent.PodPlaced(var other) => Wanted(other),
            ClusterEvent.PodGone(var other) => Unwanted(other) || Repels(other),
            ClusterEvent.PodChanged(var old, var now) => !old.Metadata.Labels.Equals(now.Metadata.Labels) && (Wanted(now) || Unwanted(old)),
            ClusterEvent.NodeAdded(var node) => terms.Required.All(t => node.Metadata.Labels.ContainsKey(t.TopologyKey)),
            ClusterEvent.NodeChanged(var old, var node) => !old.Metadata.Labels.Equals(node.Metadata.Labels)
                && (!SameDomain(old, node) || terms.Required.Count + terms.RequiredAnti.Count == 0),
            ClusterEvent.SelfChanged(var old, var now) => !old.Metadata.Labels.Equals(now.Metadata.Labels) || old.Spec.Affinity != now.Spec.Affinity,
            ClusterEvent.NamespaceChanged => true,
            _ => false,
        };
    }

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        var own = pod.Affinity.Preferred;
        var others = state.Topology.Look(pod.Pod).Terms;
        if ((own.Count == 0 && others.Count == 0) || (ignoreOthersPreferences && own.Count == 0))
            return;
        var sums = new Dictionary<TopologyColumn, long[]>();
        foreach (var term in own)
        {
            var column = state.Topology.Column(term.TopologyKey);
            var counts = state.Topology.Counter(term.Matcher).ByDomain(column);
            var sum = SumOf(sums, column);
            for (var domain = 0; domain < counts.Length; domain++)
                sum[domain] += (long)counts[domain] * term.Weight;
        }

        foreach (var group in others)
        {
            var sum = SumOf(sums, group.Column);
            foreach (var (domain, counts) in group.ByDomain)
                sum[domain] += counts.Prefers + ((long)hardWeight * counts.Attracts);
        }

        foreach (var (column, sum) in sums)
        {
            var domains = column.Domains;
            foreach (var row in nodes)
            {
                if (domains[row] != TopologyColumn.None)
                    scores[row] += sum[domains[row]];
            }
        }

        Normalize(nodes, scores);
    }

    // A node must lie in a domain with a wanted pod for each term. The first pod of a group that wants its own kind may go
    // anywhere as long as there is none of them at all.
    private void FilterNear(PodContext pod, ClusterState state, Candidates candidates)
    {
        var wanted = PodMatcher.All([.. pod.Affinity.Required.Select(t => t.Matcher)]);
        var counter = state.Topology.Counter(wanted);
        var columns = pod.Affinity.Required.Select(t => state.Topology.Column(t.TopologyKey)).Distinct().ToArray();
        var first = Array.TrueForAll(columns, c => !counter.ByDomain(c).ContainsAnyExcept(0))
            && wanted.Matches(pod.Pod, state.Topology.Namespaces);
        foreach (var row in candidates.Remaining)
        {
            foreach (var column in columns)
            {
                var domain = column.Domains[row];
                if (domain != TopologyColumn.None && (first || counter.ByDomain(column)[domain] > 0))
                    continue;
                candidates.Reject(row, Name, resolvable: false, "node(s) didn't match pod affinity rules");
                break;
            }
        }
    }

    private void FilterRepelled(TermGroup group, Candidates candidates)
    {
        var domains = group.Column.Domains;
        var closed = new bool[group.Column.DomainLimit];
        var any = false;
        foreach (var (domain, counts) in group.ByDomain)
        {
            closed[domain] = counts.Repels > 0;
            any |= closed[domain];
        }

        if (!any)
            return;
        foreach (var row in candidates.Remaining)
        {
            if (domains[row] != TopologyColumn.None && closed[domains[row]])
                candidates.Reject(row, Name, resolvable: true, "node(s) didn't satisfy existing pods anti-affinity rules");
        }
    }

    private static long[] SumOf(Dictionary<TopologyColumn, long[]> sums, TopologyColumn column)
    {
        if (!sums.TryGetValue(column, out var sum))
            sums.Add(column, sum = new long[column.DomainLimit]);
        return sum;
    }

    private static void Normalize(NodeSet nodes, Span<long> scores)
    {
        long least = long.MaxValue, most = long.MinValue;
        foreach (var row in nodes)
        {
            least = Math.Min(least, scores[row]);
            most = Math.Max(most, scores[row]);
        }

        foreach (var row in nodes)
            scores[row] = most == least ? 0 : (long)(IScorePlugin.ScoreMax * ((double)(scores[row] - least) / (most - least)));
    }

    private static bool MayMean(AffinityTerm term, Pod pod) =>
        term.Matcher.LooksAtNamespaces || term.Matcher.Matches(pod, System.Collections.Immutable.ImmutableDictionary<string, Berth.Api.ApiMap<string>>.Empty);
}
