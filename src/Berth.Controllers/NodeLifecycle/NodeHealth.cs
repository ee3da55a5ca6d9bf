using Berth.Api;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;

namespace Berth.Controllers.NodeLifecycle;

/// <summary>
/// When a node last gave a sign of life, by this process's clock. What nodes write into leases and heartbeats only tells that
/// something new came: their clocks may differ from ours.
/// </summary>
/// <param name="Heartbeat">Last heartbeat seen in the Ready condition; null while the node has reported none.</param>
/// <param name="Renewed">Last renewal seen in the node's lease.</param>
/// <param name="SeenAt">When one of the two last changed.</param>
public sealed record NodeHealth(Time? Heartbeat, MicroTime? Renewed, DateTimeOffset SeenAt)
{
    /// <summary>As Kubernetes since 1.32: three renewals of 10 s, a lost request of 10 s, and some time to spare.</summary>
    public static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(50);

    /// <summary>A node that has just registered gets longer.</summary>
    public static readonly TimeSpan StartupGracePeriod = TimeSpan.FromSeconds(60);

    /// <summary>What is known after a look at the node and its lease.</summary>
    public static NodeHealth Observe(NodeHealth? known, Node node, Lease? lease, DateTimeOffset now)
    {
        var heartbeat = NodeReconciler.Ready(node)?.LastHeartbeatTime;
        var renewed = lease?.Spec.RenewTime;
        if (known is null)
        {
            // A node that never reported is as old as its object; of any other, only that it is there now is known.
            var since = NodeReconciler.Ready(node) is null && renewed is null && node.Metadata.CreationTimestamp is { } created ? created.Value : now;
            return new NodeHealth(heartbeat, renewed, since);
        }

        var alive = heartbeat != known.Heartbeat || (renewed is { } r && (known.Renewed is not { } before || r.CompareTo(before) > 0));
        return alive ? new NodeHealth(heartbeat, renewed ?? known.Renewed, now) : known;
    }

    /// <summary>True when the node has been silent for longer than it may.</summary>
    public bool IsSilent(Node node, DateTimeOffset now) =>
        now - SeenAt > (NodeReconciler.Ready(node) is null ? StartupGracePeriod : GracePeriod);
}
