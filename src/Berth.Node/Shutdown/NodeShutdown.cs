using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;
using Berth.Node.PodSync;
using Berth.Node.Resources;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Shutdown;

/// <summary>
/// Ends the node's pods when the machine is about to shut down: tier by tier, the lowest priority first, each pod within its
/// own grace and its tier's. From the first moment on the node is not Ready and takes no more pods.
/// </summary>
public sealed partial class NodeShutdown(ApiList<ShutdownTier> tiers, Func<IReadOnlyCollection<PodWorker>> workers, Action changed, TimeProvider time, ILogger log) : IResourceOwner
{
    public const string NotReadyMessage = "node is shutting down";

    private const string Message = "Pod was terminated in response to imminent node shutdown.";

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private volatile bool _under;

    public bool IsUnderWay => _under;

    /// <summary>The most that a shutdown has to be held up for.</summary>
    public TimeSpan Longest => tiers.Aggregate(TimeSpan.Zero, static (sum, tier) => sum + tier.Grace);

    public ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct) =>
        ValueTask.FromResult(_under ? new AdmissionRefusal("NodeShutdown", "Pod was rejected as the node is shutting down.") : null);

    public ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct) => ValueTask.CompletedTask;

    public void Release(string podUid)
    {
    }

    /// <summary>The machine will go on: pods may come again. Those that were ended stay ended.</summary>
    public void Cancel()
    {
        _under = false;
        changed();
    }

    /// <summary>Done when all pods have ended, or have had their time.</summary>
    public async Task EndPodsAsync(CancellationToken ct)
    {
        _under = true;
        changed();
        for (var i = 0; i < tiers.Count; i++)
        {
            var tier = tiers[i];
            var mine = workers().Where(w => !w.HasEnded && TierOf(w.Pod.Spec.Priority ?? 0) == i).ToList();
            if (mine.Count == 0)
                continue;
            LogTier(log, mine.Count, tier.Priority, tier.Grace);
            foreach (var worker in mine)
            {
                var grace = Math.Min((long)tier.Grace.TotalSeconds, worker.Pod.Metadata.DeletionGracePeriodSeconds ?? worker.Pod.Spec.TerminationGracePeriodSeconds ?? 30);
                worker.Fail("Terminated", Message, grace, [new PodCondition { Type = "DisruptionTarget", Status = "True", Reason = "TerminationByKubelet", Message = Message }]);
            }

            var start = time.GetTimestamp();
            while (mine.Any(w => !w.HasEnded) && time.GetElapsedTime(start) < tier.Grace)
                await Task.Delay(s_look, time, ct);
            if (mine.Where(w => !w.HasEnded).Select(w => $"{w.Pod.Metadata.Namespace}/{w.Pod.Metadata.Name}").ToList() is { Count: > 0 } left)
                LogLeft(log, string.Join(", ", left), tier.Grace);
        }
    }

    // The last tier that the priority reaches; those below the first are in the first.
    private int TierOf(int priority)
    {
        var found = 0;
        for (var i = 1; i < tiers.Count; i++)
        {
            if (priority >= tiers[i].Priority)
                found = i;
        }

        return found;
    }

    [LoggerMessage(5711, LogLevel.Warning, "The machine shuts down: ending {Count} pods of priority {Priority} and above within {Grace}")]
    private static partial void LogTier(ILogger log, int count, int priority, TimeSpan grace);

    [LoggerMessage(5712, LogLevel.Warning, "Pods {Pods} did not end within {Grace}; the shutdown goes on")]
    private static partial void LogLeft(ILogger log, string pods, TimeSpan grace);
}
