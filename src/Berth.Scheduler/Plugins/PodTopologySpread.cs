using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;
using Berth.Scheduler.Topology;

namespace Berth.Scheduler.Plugins;

/// <summary>
/// Spreads like pods over the domains of a topology: what must hold filters (the fullest domain at most so many pods ahead of
/// the emptiest), what should hold scores.
/// </summary>
public sealed class PodTopologySpread(SpreadDefaults? defaults = null) : IFilterPlugin, IScorePlugin
{
    private const string Required = "DoNotSchedule";
    private const string Wished = "ScheduleAnyway";
    private const string Refusal = "node(s) didn't match pod topology spread constraints";

    private readonly SpreadDefaults _defaults = defaults ?? SpreadDefaults.System;

    public string Name => nameof(PodTopologySpread);

    public int Weight => 2;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var constraints = Constraints(pod.Pod, state.Workloads, Required);
        if (constraints.Count == 0)
            return;
        var all = constraints.Select(c => state.Topology.Column(c.TopologyKey)).ToArray();
        for (var i = 0; i < constraints.Count; i++)
        {
            var constraint = constraints[i];
            var counts = SpreadCounts.Of(constraint, all[i], all, pod, state);
            var self = constraint.Selector.Matches(pod.Pod.Metadata.Labels) ? 1 : 0;
            var domains = all[i].Domains;
            var least = counts.Domains < constraint.DomainsMin ? 0 : counts.Least;
            foreach (var row in candidates.Remaining)
            {
                if (domains[row] == TopologyColumn.None)
                    candidates.Reject(row, Name, resolvable: false, Refusal + " (missing required label)");
                else if ((long)counts.In(domains[row]) + self - least > constraint.SkewMax)
                    candidates.Reject(row, Name, resolvable: true, Refusal);
            }
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change)
    {
        // Constraints by default are never required by default profiles; a profile that requires them tries again on anything.
        if (pod.Spec.TopologySpreadConstraints.IsEmpty)
            return true;
        var constraints = Constraints(pod, NoWorkloads.Instance, Required);
        bool Counted(Pod other) => other.Metadata.Namespace == pod.Metadata.Namespace && constraints.Exists(c => c.Selector.Matches(other.Metadata.Labels));
        bool Has(Node node) => constraints.TrueForAll(c => node.Metadata.Labels.ContainsKey(c.TopologyKey));
        return change switch
        {
            ClusterEvent.PodPlaced(var other) => Counted(other),
            ClusterEvent.PodGone(var other) => Counted(other),
            ClusterEvent.PodChanged(var old, var now) => Counted(old) != Counted(now)
                || (Counted(now) && old.Metadata.DeletionTimestamp is null != now.Metadata.DeletionTimestamp is null),
            ClusterEvent.NodeAdded(var node) => Has(node),
            ClusterEvent.NodeGone(var node) => Has(node),
            ClusterEvent.NodeChanged(var old, var node) => (Has(old) || Has(node))
                && (!old.Metadata.Labels.Equals(node.Metadata.Labels) || !old.Spec.Taints.Equals(node.Spec.Taints)),
            ClusterEvent.SelfChanged(var old, var now) => !old.Metadata.Labels.Equals(now.Metadata.Labels) || old.Spec != now.Spec,
            _ => false,
        };
    }

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        var constraints = Constraints(pod.Pod, state.Workloads, Wished);
        if (constraints.Count == 0)
            return;
        var all = constraints.Select(c => state.Topology.Column(c.TopologyKey)).ToArray();
        var needAll = !pod.Pod.Spec.TopologySpreadConstraints.IsEmpty || !_defaults.BuiltIn;
        var counted = Labelled(nodes, all, needAll);
        var sums = new double[state.RowCount];
        for (var i = 0; i < constraints.Count; i++)
            Add(constraints[i], all[i], needAll ? all : [], pod, state, counted, sums);
        Normalize(nodes, counted, sums, scores);
    }

    private static NodeSet Labelled(NodeSet nodes, TopologyColumn[] columns, bool needAll)
    {
        var labelled = nodes.Copy();
        if (!needAll)
            return labelled;
        foreach (var row in nodes)
        {
            foreach (var column in columns)
            {
                if (column.Domains[row] == TopologyColumn.None)
                    labelled.Remove(row);
            }
        }

        return labelled;
    }

    // A domain's count weighs more the more domains there are, so that few zones do not drown in many hosts.
    private static void Add(SpreadConstraint constraint, TopologyColumn column, TopologyColumn[] needed, PodContext pod, ClusterState state, NodeSet counted, double[] sums)
    {
        var domains = column.Domains;
        if (constraint.TopologyKey == SpreadConstraint.Hostname)
        {
            var perHost = Math.Log(counted.Count + 2);
            var matching = SpreadCounts.Counter(constraint, pod, state);
            foreach (var row in counted)
            {
                if (domains[row] != TopologyColumn.None)
                    sums[row] += ((matching?.ByRow[row] ?? 0) * perHost) + (constraint.SkewMax - 1);
            }

            return;
        }

        var met = new bool[column.DomainLimit];
        var size = 0;
        var bare = false;
        foreach (var row in counted)
        {
            if (domains[row] == TopologyColumn.None)
            {
                // All nodes without the label together are one more domain here.
                size += bare ? 0 : 1;
                bare = true;
            }
            else if (!met[domains[row]])
            {
                met[domains[row]] = true;
                size++;
            }
        }

        var weight = Math.Log(size + 2);
        var counts = SpreadCounts.Of(constraint, column, needed, pod, state);
        foreach (var row in counted)
        {
            if (domains[row] != TopologyColumn.None)
                sums[row] += (counts.In(domains[row]) * weight) + (constraint.SkewMax - 1);
        }
    }

    private static void Normalize(NodeSet nodes, NodeSet counted, double[] sums, Span<long> scores)
    {
        long least = long.MaxValue, most = 0;
        foreach (var row in counted)
        {
            scores[row] = (long)Math.Round(sums[row], MidpointRounding.AwayFromZero);
            least = Math.Min(least, scores[row]);
            most = Math.Max(most, scores[row]);
        }

        foreach (var row in nodes)
        {
            if (!counted.Contains(row))
                scores[row] = 0;
            else
                scores[row] = most == 0 ? IScorePlugin.ScoreMax : IScorePlugin.ScoreMax * (most + least - scores[row]) / most;
        }
    }

    private List<SpreadConstraint> Constraints(Pod pod, IWorkloadSelectors workloads, string kind)
    {
        if (!pod.Spec.TopologySpreadConstraints.IsEmpty)
            return [.. pod.Spec.TopologySpreadConstraints.Where(c => c.WhenUnsatisfiable == kind).Select(c => SpreadConstraint.Of(c, pod.Metadata.Labels))];
        var byDefault = _defaults.Constraints.Where(c => c.WhenUnsatisfiable == kind).ToList();
        if (byDefault.Count == 0)
            return [];
        var selector = workloads.Of(pod);
        return selector.IsEverything ? [] : [.. byDefault.Select(c => SpreadConstraint.Of(c, pod.Metadata.Labels, selector))];
    }
}
