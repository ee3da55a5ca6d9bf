using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins;
using Berth.Scheduler.Queue;
using Berth.TestKit;

namespace Berth.Scheduler.Tests;

public sealed class SchedulingQueueTests : IDisposable
{
    private static readonly IReadOnlyList<IFilterPlugin> s_fit = [new NodeResourcesFit()];
    private static readonly IReadOnlyList<IFilterPlugin> s_taints = [new TaintToleration()];

    private readonly ManualTime _time = new();
    private readonly SchedulingQueue _queue;

    public SchedulingQueueTests() => _queue = new SchedulingQueue(_time);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Take_SeveralPods_MostImportantThenOldestFirst()
    {
        _queue.Set(Given.Pod("old", priority: 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        _queue.Set(Given.Pod("young", priority: 1));
        _queue.Set(Given.Pod("urgent", priority: 9));
        Assert.Equal(["urgent", "old", "young"], [await TakeAsync(), await TakeAsync(), await TakeAsync()]);
    }

    [Fact]
    public async Task Tell_EventThatCannotHelp_LeavesThePodWaiting()
    {
        await FailAsync(Given.Pod("big", cpu: "2"), s_fit);
        _queue.Tell(new ClusterEvent.NodeAdded(Given.Node("small", cpu: "1")));
        _queue.Tell(new ClusterEvent.PodPlaced(Given.Pod("other")));
        Assert.Equal((0, 0, 1), _queue.Depth);
        _queue.Tell(new ClusterEvent.NodeAdded(Given.Node("large", cpu: "4")));
        Assert.Equal("big", await TakeAsync());
    }

    [Fact]
    public async Task Tell_PodGone_HelpsOnlyWhoWaitsForRoom()
    {
        await FailAsync(Given.Pod("waits-for-room"), s_fit);
        await FailAsync(Given.Pod("waits-for-taint"), s_taints);
        _queue.Tell(new ClusterEvent.PodGone(Given.Pod("other")));
        Assert.Equal(1, _queue.Depth.Unschedulable);
        Assert.Equal("waits-for-room", await TakeAsync());
    }

    [Fact]
    public async Task Fail_HelpCameDuringTheCycle_IsNotMissed()
    {
        _queue.Set(Given.Pod("a"));
        var (pod, mark) = await _queue.TakeAsync(TestContext.Current.CancellationToken);
        _queue.Tell(new ClusterEvent.PodGone(Given.Pod("other")));
        _queue.Fail(pod, mark, s_fit);
        Assert.Equal((0, 1, 0), _queue.Depth);
    }

    [Fact]
    public async Task Fail_OnlyIrrelevantEventsDuringTheCycle_Waits()
    {
        _queue.Set(Given.Pod("a"));
        var (pod, mark) = await _queue.TakeAsync(TestContext.Current.CancellationToken);
        _queue.Tell(new ClusterEvent.PodGone(Given.Pod("other")));
        _queue.Fail(pod, mark, s_taints);
        Assert.Equal((0, 0, 1), _queue.Depth);
    }

    [Fact]
    public async Task Retry_AfterAnError_WaitsForTheBackOff()
    {
        _queue.Set(Given.Pod("a"));
        var (pod, _) = await _queue.TakeAsync(TestContext.Current.CancellationToken);
        _queue.Retry(pod);
        Assert.Equal((0, 1, 0), _queue.Depth);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0, 0), _queue.Depth);
    }

    [Fact]
    public async Task Unschedulable_NothingHappens_IsTriedAgainInTheEnd()
    {
        await FailAsync(Given.Pod("a"), s_taints);
        _time.Advance(SchedulingQueue.UnschedulableMax);
        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task Gate_WhileVictimsAreEnded_HoldsThePodBack()
    {
        _queue.Set(Given.Pod("a"));
        var (pod, mark) = await _queue.TakeAsync(TestContext.Current.CancellationToken);
        _queue.Gate(pod.Uid);
        _queue.Fail(pod, mark, s_fit);
        _queue.Tell(new ClusterEvent.PodGone(Given.Pod("victim")));
        Assert.Equal(1, _queue.Depth.Unschedulable);
        _queue.Ungate(pod.Uid, again: true);
        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task Set_OnlyTheStatusChanged_DoesNotTryAgain()
    {
        var pod = Given.Pod("a");
        await FailAsync(pod, s_fit);
        _queue.Set(pod with { Status = new() { NominatedNodeName = "n1" } });
        Assert.Equal((0, 0, 1), _queue.Depth);
        _queue.Set(pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Resources = new() { Requests = Given.Amounts(("cpu", "1m")) } }] } });
        Assert.Equal("a", await TakeAsync());
    }

    private async Task FailAsync(Pod pod, IReadOnlyList<IFilterPlugin> refusers)
    {
        _queue.Set(pod);
        var (taken, mark) = await _queue.TakeAsync(TestContext.Current.CancellationToken);
        Assert.Equal(pod.Metadata.Name, taken.Pod.Metadata.Name);
        _queue.Fail(taken, mark, refusers);
    }

    private async Task<string> TakeAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(5));
        return (await _queue.TakeAsync(deadline.Token)).Pod.Pod.Metadata.Name;
    }
}
