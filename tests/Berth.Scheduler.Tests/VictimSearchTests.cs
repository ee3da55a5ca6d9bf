using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Tests;

public class VictimSearchTests
{
    private readonly ClusterState _state = new();
    private readonly Nominations _nominations = new();
    private readonly SchedulingCycle _cycle = new(SchedulerProfile.Default);

    [Fact]
    public void Find_OneLessImportantPod_IsTheVictim()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        Place(Given.Pod("low", cpu: "800m", priority: 1), "n1");
        var found = Assert.IsType<PreemptionResult.Found>(Find(Given.Pod("high", cpu: "500m", priority: 10)));
        Assert.Equal(("n1", "low"), (found.NodeName, Names(found)));
    }

    [Fact]
    public void Find_EquallyImportantPods_AreLeftAlone()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        Place(Given.Pod("same", cpu: "800m", priority: 10), "n1");
        Assert.Equal(
            "0/1 nodes are available: 1 No preemption victims found for incoming pod.",
            Assert.IsType<PreemptionResult.Hopeless>(Find(Given.Pod("high", cpu: "500m", priority: 10))).Message);
    }

    [Fact]
    public void Find_NodesThatNothingHelps_AreCountedApart()
    {
        _state.SetNode(Given.Node("small", cpu: "1"));
        _state.SetNode(Given.Node("cordoned") with { Spec = new() { Unschedulable = true } });
        _state.SetNode(Given.Node("full", cpu: "4"));
        Place(Given.Pod("holder", cpu: "3", priority: 100), "full");
        Place(Given.Pod("crumb", cpu: "500m", priority: 1), "full");
        Assert.Equal(
            "0/3 nodes are available: 1 Insufficient cpu, 2 Preemption is not helpful for scheduling.",
            Assert.IsType<PreemptionResult.Hopeless>(Find(Given.Pod("high", cpu: "2", priority: 10))).Message);
    }

    [Fact]
    public void Find_PolicyNever_MayNot()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        Place(Given.Pod("low", cpu: "800m", priority: 1), "n1");
        var pod = Given.Pod("high", cpu: "500m", priority: 10);
        var result = Find(pod with { Spec = pod.Spec with { PreemptionPolicy = "Never" } });
        Assert.Equal("not eligible due to preemptionPolicy=Never.", Assert.IsType<PreemptionResult.NotEligible>(result).Message);
    }

    [Fact]
    public void Find_ManyPods_KeepsTheMostImportantOnes()
    {
        _state.SetNode(Given.Node("n1", cpu: "4"));
        for (var i = 0; i < 4; i++)
            Place(Given.Pod($"p{i}", cpu: "1", priority: i), "n1");
        var found = Assert.IsType<PreemptionResult.Found>(Find(Given.Pod("high", cpu: "2", priority: 10)));
        Assert.Equal("p1 p0", Names(found));
    }

    [Fact]
    public void Find_BudgetExhausted_TakesTheOtherNode()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        _state.SetNode(Given.Node("n2", cpu: "1"));
        Place(Labelled(Given.Pod("guarded", cpu: "1", priority: 1), "db"), "n1");
        Place(Labelled(Given.Pod("free", cpu: "1", priority: 5), "web"), "n2");
        var budget = Budget("db", allowed: 0);
        for (var seed = 0; seed < 8; seed++)
            Assert.Equal("n2", Assert.IsType<PreemptionResult.Found>(Find(Given.Pod("high", cpu: "1", priority: 10), [budget], seed)).NodeName);
        // Where nothing else helps, a budget does not stop a preemption.
        _state.RemoveNode("n2");
        var found = Assert.IsType<PreemptionResult.Found>(Find(Given.Pod("high", cpu: "1", priority: 10), [budget]));
        Assert.Equal(("guarded", 1), (Names(found), found.Violations));
    }

    [Fact]
    public void Find_BudgetAllowsOne_SecondVictimCountsAsViolation()
    {
        _state.SetNode(Given.Node("n1", cpu: "2"));
        Place(Labelled(Given.Pod("a", cpu: "1", priority: 2), "db"), "n1");
        Place(Labelled(Given.Pod("b", cpu: "1", priority: 1), "db"), "n1");
        var found = Assert.IsType<PreemptionResult.Found>(Find(Given.Pod("high", cpu: "2", priority: 10), [Budget("db", allowed: 1)]));
        Assert.Equal(("a b", 1), (Names(found), found.Violations));
    }

    [Fact]
    public void Find_TwoNodes_TakesTheOneWithLessImportantVictims()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        _state.SetNode(Given.Node("n2", cpu: "1"));
        Place(Given.Pod("three", cpu: "1", priority: 3), "n1");
        Place(Given.Pod("two-a", cpu: "500m", priority: 2), "n2");
        Place(Given.Pod("two-b", cpu: "500m", priority: 2), "n2");
        Assert.Equal("n2", Assert.IsType<PreemptionResult.Found>(Find(Given.Pod("high", cpu: "1", priority: 10))).NodeName);
    }

    [Fact]
    public void Find_AntiAffinityOfAnother_MakesItTheVictim()
    {
        _state.SetNode(Given.Node("n1"));
        var hermit = Given.Pod("hermit", priority: 1);
        hermit = hermit with
        {
            Spec = hermit.Spec with
            {
                Affinity = new() { PodAntiAffinity = new() { RequiredDuringSchedulingIgnoredDuringExecution = [new() { TopologyKey = "kubernetes.io/hostname", LabelSelector = new() }] } },
            },
        };
        Place(hermit, "n1");
        Place(Given.Pod("bystander", priority: 1), "n1");
        Assert.Equal("hermit", Names(Assert.IsType<PreemptionResult.Found>(Find(Given.Pod("high", priority: 10)))));
    }

    [Fact]
    public void Find_VictimsOfAnEarlierSearchStillGoing_Waits()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        var victim = Given.Pod("low", cpu: "1", priority: 1);
        Place(
            victim with
            {
                Metadata = victim.Metadata with { DeletionTimestamp = DateTimeOffset.UnixEpoch },
                Status = new() { Conditions = [new() { Type = "DisruptionTarget", Status = "True", Reason = "PreemptionByScheduler" }] },
            },
            "n1");
        var pod = Given.Pod("high", cpu: "1", priority: 10);
        _nominations.Set(pod, "n1");
        Assert.Equal("not eligible due to a terminating pod on the nominated node.", Assert.IsType<PreemptionResult.NotEligible>(Find(pod)).Message);
    }

    [Fact]
    public void Find_Always_LeavesTheStateAsItWas()
    {
        var seed = Environment.TickCount;
        for (var round = 0; round < 40; round++)
        {
            var random = new Random(seed + round);
            var state = new ClusterState();
            for (var n = 0; n < 4; n++)
                state.SetNode(Given.Node($"n{n}", cpu: "4"));
            for (var p = 0; p < 20; p++)
                state.Reserve(Given.Pod($"p{p}", cpu: $"{random.Next(100, 2000)}m", priority: random.Next(5)), $"n{random.Next(4)}");
            var before = state.PlacedPods.OrderBy(p => p.Uid).ToList();
            var used = state.Cpu.Used.ToArray();
            var pod = new PodContext(Given.Pod("high", cpu: $"{random.Next(500, 4000)}m", priority: random.Next(6)));
            if (_cycle.Decide(pod, state, random) is not Decision.Unschedulable refused)
                continue;
            var result = new VictimSearch(_cycle).Find(pod, state, refused.Candidates, [], _nominations, random);
            Assert.Equal(before, state.PlacedPods.OrderBy(p => p.Uid));
            Assert.Equal(used, state.Cpu.Used.ToArray());
            if (result is not PreemptionResult.Found found)
                continue;
            // With the victims gone the pod fits, and with any of them back it does not.
            foreach (var victim in found.Victims)
                state.RemovePod(victim.Metadata.Uid);
            Assert.True(Fits(pod, state, found.NodeName), $"seed {seed + round}: the victims do not suffice");
            foreach (var victim in found.Victims)
            {
                Assert.True((victim.Spec.Priority ?? 0) < (pod.Pod.Spec.Priority ?? 0));
                state.Reserve(victim, found.NodeName);
                Assert.False(Fits(pod, state, found.NodeName), $"seed {seed + round}: {victim.Metadata.Name} could have stayed");
                state.RemovePod(victim.Metadata.Uid);
            }
        }
    }

    [Fact]
    public void Decide_RoomPromisedToAMoreImportantPod_IsNotTaken()
    {
        _state.SetNode(Given.Node("n1", cpu: "1"));
        _nominations.Set(Given.Pod("high", cpu: "800m", priority: 10), "n1");
        var lesser = new PodContext(Given.Pod("lesser", cpu: "500m", priority: 5));
        Assert.IsType<Decision.Unschedulable>(_cycle.Decide(lesser, _state, new Random(1), _nominations));
        var greater = new PodContext(Given.Pod("greater", cpu: "500m", priority: 20));
        Assert.IsType<Decision.Placed>(_cycle.Decide(greater, _state, new Random(1), _nominations));
        Assert.Empty(_state.PlacedPods);
    }

    [Fact]
    public void Decide_PodWithAPromise_GoesThere()
    {
        for (var n = 0; n < 8; n++)
            _state.SetNode(Given.Node($"n{n}"));
        var pod = Given.Pod("high", priority: 10);
        _nominations.Set(pod, "n5");
        for (var seed = 0; seed < 4; seed++)
            Assert.Equal("n5", Assert.IsType<Decision.Placed>(_cycle.Decide(new PodContext(pod), _state, new Random(seed), _nominations)).NodeName);
    }

    private bool Fits(PodContext pod, ClusterState state, string node)
    {
        var candidates = new Candidates(state);
        _cycle.Filter(pod, state, candidates, null);
        return candidates.Remaining.Contains(state.Row(node)!.Value);
    }

    private PreemptionResult Find(Pod pod, IReadOnlyList<PodDisruptionBudget>? budgets = null, int seed = 1)
    {
        var context = new PodContext(pod);
        var refused = Assert.IsType<Decision.Unschedulable>(_cycle.Decide(context, _state, new Random(1), _nominations));
        return new VictimSearch(_cycle).Find(context, _state, refused.Candidates, budgets ?? [], _nominations, new Random(seed));
    }

    private void Place(Pod pod, string node) => _state.SetPod(pod with { Spec = pod.Spec with { NodeName = node } });

    private static Pod Labelled(Pod pod, string app) => pod with { Metadata = pod.Metadata with { Labels = ApiMap.Of(("app", app)) } };

    private static string Names(PreemptionResult.Found found) => string.Join(" ", found.Victims.Select(v => v.Metadata.Name));

    private static PodDisruptionBudget Budget(string app, int allowed) => new()
    {
        Metadata = new() { Name = app, Namespace = "default" },
        Spec = new() { Selector = new() { MatchLabels = ApiMap.Of(("app", app)) } },
        Status = new() { DisruptionsAllowed = allowed },
    };
}
