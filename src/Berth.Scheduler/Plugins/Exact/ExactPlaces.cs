using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Allocation;
using Berth.Resources.Demand;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins.Exact;

/// <summary>
/// Places pods that get CPUs, memory or devices of their own only where the node can give them, and says exactly which: with
/// the same allocator as the node's agent, so that no pod dies of TopologyAffinityError.
/// </summary>
public sealed class ExactPlaces : IFilterPlugin, IReservePlugin
{
    // Each node has its own numbers: past a handful, reasons are given by kind, so that they can be counted.
    private const int NodesInFull = 5;

    private readonly NodeBooks _books = new();
    private ClusterState? _state;

    public string Name => nameof(ExactPlaces);

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        _state = state;
        var guaranteed = PodResources.QosClass(pod.Pod.Spec) == "Guaranteed";
        foreach (var row in candidates.Remaining)
        {
            var node = state.Node(row);
            if (_books.ShapeOf(node) is not { } shape || (!guaranteed && shape.DeviceResources.Count == 0))
                continue;
            var needs = PodNeeds.Of(pod.Pod, shape.Policy, shape.DeviceResources);
            if (needs.IsEmpty)
                continue;
            if (PodAllocator.Allocate(shape, _books.HeldOn(node, state), needs) is AllocationOutcome.Refused(var why))
                candidates.Reject(row, Name, why.Resolvable, state.NodeCount <= NodesInFull ? why.Message : InShort(why));
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change is ClusterEvent.NodeAdded or ClusterEvent.NodeChanged or ClusterEvent.PodGone;

    public bool Reserve(Pod pod, Node node)
    {
        if (_state is not { } state)
            return false;
        _books.Prune(state);
        if (_books.ShapeOf(node) is not { } shape)
            return false;
        var needs = PodNeeds.Of(pod, shape.Policy, shape.DeviceResources);
        // The pod itself is in the state already; what it holds is left out of the reckoning.
        if (!needs.IsEmpty && PodAllocator.Allocate(shape, _books.HeldOn(node, state), needs) is AllocationOutcome.Granted(var allocation))
            _books.Decide(allocation);
        return false;
    }

    public Task PreBindAsync(Pod pod, Node node, CancellationToken ct) => Task.CompletedTask;

    public ApiMap<string> BindingAnnotations(string podUid) =>
        _books.Decided(podUid) is { } allocation ? ApiMap.Of((AllocationAnnotations.Pod, AllocationJson.Write(allocation))) : [];

    /// <summary>Called for bound pods too, whose annotation may not have come back yet: what is forgotten is decided by the state.</summary>
    public void Unreserve(string podUid)
    {
        if (_state is { } state)
            _books.Prune(state);
    }

    private static string InShort(Refusal why) => why.Reason switch
    {
        Refusal.Topology => "node(s) had no NUMA nodes that could hold the pod's resources together",
        Refusal.Smt => "node(s) give whole cores only and had not enough",
        Refusal.EmptyPool => "node(s) would leave containers of the pod without CPUs",
        _ => "node(s) had not enough exclusive CPUs, NUMA memory or devices",
    };
}
