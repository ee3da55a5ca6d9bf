using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Node.PodSync;

namespace Berth.Node.Tests.PodSync;

public sealed class PodPlannerTests
{
    private static readonly DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Plan_OfNewPod_MakesSandboxAndStartsMains()
    {
        var plan = Plan(Pod("Always", mains: ["a", "b"]), ObservedPod.Nothing);

        Assert.Equal(0, plan.CreateSandboxAttempt);
        Assert.Equal(["a", "b"], Names(plan));
    }

    [Fact]
    public void Plan_WithInits_StartsOneAtATimeAndSidecarsStay()
    {
        var pod = Pod("Always", mains: ["main"], inits: ["one", "side*", "two"]);
        var sandbox = Sandbox("s");

        Assert.Equal(["one"], Names(Plan(pod, ObservedPod.Nothing)));
        Assert.Equal(["side"], Names(Plan(pod, new ObservedPod([sandbox], [Exited("one", 0)]))));
        Assert.Equal(["two"], Names(Plan(pod, new ObservedPod([sandbox], [Running("side"), Exited("one", 0)]))));
        Assert.Empty(Names(Plan(pod, new ObservedPod([sandbox], [Running("side"), Exited("one", 0)]), startup: ProbeVerdict.Unknown)));
        Assert.Equal(["main"], Names(Plan(pod, new ObservedPod([sandbox], [Exited("two", 0), Running("side"), Exited("one", 0)]))));
        Assert.Equal(["side"], Names(Plan(pod, new ObservedPod([sandbox], [Running("main"), Exited("two", 0), Exited("side", 1), Exited("one", 0)]))));
    }

    [Theory]
    [InlineData("Always", 0, true, false)]
    [InlineData("Always", 1, true, false)]
    [InlineData("OnFailure", 0, false, true)]
    [InlineData("OnFailure", 1, true, false)]
    [InlineData("Never", 0, false, true)]
    [InlineData("Never", 1, false, true)]
    public void Plan_AfterExit_FollowsTheRestartPolicy(string policy, int code, bool restarts, bool finished)
    {
        var plan = Plan(Pod(policy, mains: ["main"]), new ObservedPod([Sandbox("s")], [Exited("main", code)]));

        Assert.Equal(restarts, plan.Starts.Any());
        Assert.Equal(finished, plan.Finished);
    }

    [Fact]
    public void Plan_WhileBackingOff_WaitsAndWakes()
    {
        var until = _now.AddSeconds(7);
        var plan = PodPlanner.Plan(new PodFacts(Pod("Always", mains: ["main"]), new ObservedPod([Sandbox("s")], [Exited("main", 1)]), new Verdicts(), (_, _) => until));

        Assert.True(plan.IsEmpty);
        Assert.Equal(until, plan.WakeAt);
    }

    [Fact]
    public void Plan_WithFailedInitAndNeverRestart_IsFinished() =>
        Assert.True(Plan(Pod("Never", mains: ["main"], inits: ["one"]), new ObservedPod([Sandbox("s")], [Exited("one", 1)])).Finished);

    [Fact]
    public void Plan_WithDeadSandbox_MakesAnotherAndRunsInitsAgain()
    {
        var dead = Sandbox("s") with { Ready = false };
        var plan = Plan(Pod("Always", mains: ["main"], inits: ["one"]), new ObservedPod([dead], [Exited("main", 137), Exited("one", 0)]));

        Assert.Equal(1, plan.CreateSandboxAttempt);
        Assert.Equal(["one"], Names(plan));
        Assert.Equal(1, plan.Starts[0].Attempt);
    }

    [Fact]
    public void Plan_WithFailedLiveness_StopsTheContainer()
    {
        var plan = Plan(Pod("Always", mains: ["main"]), new ObservedPod([Sandbox("s")], [Running("main")]), liveness: ProbeVerdict.Failure);

        Assert.Equal("Container main failed liveness probe, will be restarted", Assert.Single(plan.Stops).Message);
    }

    [Fact]
    public void Backoff_DoublesToItsLimitAndIsForgottenAfterTenMinutes()
    {
        var backoff = new CrashBackoff();
        var at = _now;
        Assert.Null(backoff.Until("k", at, at));
        backoff.Next("k", at, at);
        var expected = (int[])[10, 20, 40, 80, 160, 300, 300];
        foreach (var seconds in expected)
        {
            Assert.Equal(at.AddSeconds(seconds), backoff.Until("k", at, at));
            at = at.AddSeconds(seconds);
            backoff.Next("k", at, at);
        }

        Assert.Null(backoff.Until("k", at.AddMinutes(11), at.AddMinutes(11)));
    }

    private static IEnumerable<string> Names(PodPlan plan) => plan.Starts.Select(s => s.Container.Name);

    private static PodPlan Plan(Pod pod, ObservedPod observed, ProbeVerdict startup = ProbeVerdict.Success, ProbeVerdict liveness = ProbeVerdict.Success) =>
        PodPlanner.Plan(new PodFacts(pod, observed, new Verdicts(startup, liveness), (_, _) => null));

    private static Pod Pod(string policy, string[] mains, string[]? inits = null) => new()
    {
        Metadata = new ObjectMeta { Name = "p", Namespace = "default", Uid = "u" },
        Spec = new PodSpec
        {
            RestartPolicy = policy,
            Containers = mains.Select(n => new Container { Name = n, Image = "i" }).ToApiList(),
            InitContainers = (inits ?? []).Select(n => new Container { Name = n.TrimEnd('*'), Image = "i", RestartPolicy = n.EndsWith('*') ? "Always" : null }).ToApiList(),
        },
    };

    private static ObservedSandbox Sandbox(string id) => new(id, 0, true, _now, ["10.0.0.1"], false);

    private static ObservedContainer Running(string name) => new("c-" + name, "s", name, 0, ObservedState.Running) { CreatedAt = _now, StartedAt = _now };

    private static ObservedContainer Exited(string name, int code) => new("c-" + name, "s", name, 0, ObservedState.Exited) { CreatedAt = _now, StartedAt = _now, FinishedAt = _now, ExitCode = code };

    private sealed class Verdicts(ProbeVerdict startup = ProbeVerdict.Success, ProbeVerdict liveness = ProbeVerdict.Success) : IProbeResults
    {
        public ProbeVerdict Startup(string containerId) => startup;

        public ProbeVerdict Liveness(string containerId) => liveness;

        public ProbeVerdict Readiness(string containerId) => ProbeVerdict.Success;
    }
}
