using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins;
using Berth.Scheduler.Snapshot;
using Berth.Scheduler.Topology;

namespace Berth.Scheduler.Tests;

/// <summary>After any history, the indexes say what counting from scratch would, and filters and scores what a plain model does.</summary>
public class TopologyPropertyTests
{
    private const int Histories = 60;
    private const int Steps = 120;

    [Fact]
    public void FilterAndScore_AfterAnyHistory_EqualThePlainModel()
    {
        var seed = Environment.TickCount;
        int refused = 0, scored = 0;
        for (var history = 0; history < Histories; history++)
        {
            var random = new Random(seed + history);
            var fleet = new Fleet(random);
            var state = new ClusterState();
            for (var step = 0; step < Steps; step++)
            {
                fleet.ChangeSomething(state);
                if (step % 4 == 0)
                    Compare(fleet, state, fleet.Pod(), $"seed {seed + history}, step {step}", ref refused, ref scored);
            }
        }

        // A comparison that never had anything to compare would prove nothing.
        Assert.True(refused > 500, $"only {refused} refusals were compared");
        Assert.True(scored > 200, $"only {scored} scores were compared");
    }

    [Fact]
    public void Counters_AfterAnyHistory_EqualACounterMadeAtTheEnd()
    {
        var seed = Environment.TickCount;
        for (var history = 0; history < Histories; history++)
        {
            var random = new Random(seed + history);
            var fleet = new Fleet(random);
            var state = new ClusterState();
            var asked = new List<Pod>();
            for (var step = 0; step < Steps; step++)
            {
                fleet.ChangeSomething(state);
                if (step % 10 != 0)
                    continue;
                var pod = fleet.Pod();
                asked.Add(pod);
                Touch(pod, state);
            }

            var fresh = new ClusterState();
            foreach (var (ns, labels) in fleet.Namespaces)
                fresh.SetNamespace(ns, labels);
            foreach (var node in fleet.Nodes.Values)
                fresh.SetNode(node);
            foreach (var (pod, node) in fleet.Placed.Values)
                fresh.Reserve(pod, node);
            foreach (var matcher in asked.SelectMany(Matchers))
            {
                foreach (var key in new[] { "zone", "rack", "kubernetes.io/hostname" })
                    Assert.Equal(ByValue(fresh, matcher, key), ByValue(state, matcher, key));
            }
        }
    }

    private static void Touch(Pod pod, ClusterState state)
    {
        foreach (var matcher in Matchers(pod))
        {
            var counter = state.Topology.Counter(matcher);
            counter.ByDomain(state.Topology.Column("zone"));
            counter.ByDomain(state.Topology.Column("kubernetes.io/hostname"));
        }
    }

    private static IEnumerable<PodMatcher> Matchers(Pod pod)
    {
        var terms = AffinityTerms.Of(pod);
        return terms.Required.Concat(terms.RequiredAnti).Concat(terms.Preferred).Select(t => t.Matcher);
    }

    private static SortedDictionary<string, int> ByValue(ClusterState state, PodMatcher matcher, string key)
    {
        var column = state.Topology.Column(key);
        var counts = state.Topology.Counter(matcher).ByDomain(column);
        var values = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var domain = 0; domain < counts.Length; domain++)
        {
            if (column.NodesIn[domain] > 0)
                values.Add(column.Value(domain), counts[domain]);
            else
                Assert.True(counts[domain] == 0, $"{key}: a domain without nodes counts {counts[domain]} pods");
        }

        return values;
    }

    private static void Compare(Fleet fleet, ClusterState state, Pod pod, string when, ref int refused, ref int scored)
    {
        var model = new PlainModel(fleet);
        var context = new PodContext(pod);
        foreach (var (plugin, expected) in new (IFilterPlugin, Func<Node, string?>)[]
        {
            (new PodTopologySpread(), n => model.Spread(pod, n)),
            (new InterPodAffinity(), n => model.Affinity(pod, n)),
        })
        {
            var candidates = new Candidates(state);
            plugin.Filter(context, state, candidates);
            var reasons = candidates.Rejections.ToDictionary(r => state.Node(r.Row).Metadata.Name, r => r.Reason);
            foreach (var node in fleet.Nodes.Values)
            {
                var reason = expected(node);
                refused += reason is null ? 0 : 1;
                Assert.True(reason == reasons.GetValueOrDefault(node.Metadata.Name),
                    $"{when}: {plugin.Name} on {node.Metadata.Name} should say \"{reason}\" and says \"{reasons.GetValueOrDefault(node.Metadata.Name)}\" for {pod.Spec}");
            }
        }

        CompareAffinityScores(fleet, state, context, model, when, ref scored);
        CompareSpreadScores(fleet, state, context, model, when, ref scored);
    }

    private static void CompareAffinityScores(Fleet fleet, ClusterState state, PodContext pod, PlainModel model, string when, ref int scored)
    {
        var scores = new long[state.RowCount];
        new InterPodAffinity().Score(pod, state, state.Nodes, scores);
        var weights = fleet.Nodes.Values.ToDictionary(n => n.Metadata.Name, n => model.AffinityWeight(pod.Pod, n));
        if (weights.Count == 0)
            return;
        var (least, most) = (weights.Values.Min(), weights.Values.Max());
        foreach (var (name, weight) in weights)
        {
            var expected = most == least ? 0 : (long)(100 * ((double)(weight - least) / (most - least)));
            scored += expected > 0 ? 1 : 0;
            Assert.True(expected == scores[state.Row(name)!.Value], $"{when}: affinity scores {name} {scores[state.Row(name)!.Value]}, should be {expected}");
        }
    }

    private static void CompareSpreadScores(Fleet fleet, ClusterState state, PodContext pod, PlainModel model, string when, ref int scored)
    {
        if (!pod.Pod.Spec.TopologySpreadConstraints.Any(c => c.WhenUnsatisfiable == "ScheduleAnyway"))
            return;
        var scores = new long[state.RowCount];
        new PodTopologySpread().Score(pod, state, state.Nodes, scores);
        var costs = model.SpreadCost(pod.Pod, [.. fleet.Nodes.Values]);
        var known = costs.Values.OfType<long>().ToList();
        foreach (var (name, cost) in costs)
        {
            long expected = 0;
            if (cost is { } own)
                expected = known.Max() == 0 ? 100 : 100 * (known.Max() + known.Min() - own) / known.Max();
            scored += expected > 0 ? 1 : 0;
            Assert.True(expected == scores[state.Row(name)!.Value], $"{when}: spreading scores {name} {scores[state.Row(name)!.Value]}, should be {expected}");
        }
    }
}
