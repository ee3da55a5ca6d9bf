using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Scheduler.Cycle;

/// <summary>Holds more of a node for a pod than the state's columns know of, and brings it about before the pod is bound.</summary>
public interface IReservePlugin
{
    string Name { get; }

    /// <summary>Keeps what the pod needs on the node from the decisions after this one. Called under the scheduler's lock.</summary>
    /// <returns>False when nothing has to be brought about: <see cref="PreBindAsync"/> need not be called.</returns>
    bool Reserve(Pod pod, Node node);

    /// <summary>Brings about what was reserved; may take minutes.</summary>
    /// <exception cref="PreBindException">It cannot be had on that node: the pod has to be decided anew.</exception>
    Task PreBindAsync(Pod pod, Node node, CancellationToken ct);

    /// <summary>What the pod is told with its binding, as annotations. May be called beside the lock.</summary>
    ApiMap<string> BindingAnnotations(string podUid) => [];

    /// <summary>Gives back what was reserved, whether it came about or not. Called under the scheduler's lock, also for pods that reserved nothing.</summary>
    void Unreserve(string podUid);

    /// <summary>The pod has found no place: what it holds and what may be in its own way can be given up.</summary>
    Task AfterRefusalAsync(Pod pod, CancellationToken ct) => Task.CompletedTask;
}
