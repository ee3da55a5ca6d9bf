using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Microsoft.Extensions.Logging;

namespace Berth.Scheduler.Preemption;

/// <summary>Ends the victims of a preemption, gracefully: says so in their status, then deletes them.</summary>
internal sealed partial class Preemptor(IClusterClient client, EventRecorder events, TimeProvider time, ILogger log)
{
    /// <returns>False when a victim could not be ended; the pod is to be tried again then.</returns>
    public async Task<bool> EndAsync(Pod preemptor, PreemptionResult.Found found, CancellationToken ct)
    {
        var done = await Task.WhenAll(found.Victims
            .Where(v => v.Metadata.DeletionTimestamp is null)
            .Select(v => EndAsync(preemptor, v, found.NodeName, ct))).ConfigureAwait(false);
        return Array.TrueForAll(done, d => d);
    }

    private async Task<bool> EndAsync(Pod preemptor, Pod victim, string nodeName, CancellationToken ct)
    {
        var meta = victim.Metadata;
        var condition = new PodCondition
        {
            Type = "DisruptionTarget",
            Status = "True",
            Reason = VictimSearch.ConditionReason,
            Message = $"{preemptor.Spec.SchedulerName}: preempting to accommodate a higher priority pod",
            ObservedGeneration = meta.Generation,
            LastTransitionTime = time.GetUtcNow(),
        };
        try
        {
            await client.PatchAsync<Pod>(meta.Namespace, meta.Name, Patch.Strategic(OutcomeWriter.StatusPatch(victim, condition, null)), "status", ct: ct).ConfigureAwait(false);
            await client.DeleteAsync<Pod>(meta.Namespace, meta.Name, new DeleteOptions { Preconditions = new Preconditions { Uid = meta.Uid } }, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // It has gone by itself, and its room with it; a new pod of the same name is no victim of ours.
            return true;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            LogFailed(log, meta.Namespace, meta.Name, e.Message);
            return false;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return false;
        }

        LogPreempted(log, meta.Namespace, meta.Name, nodeName, preemptor.Metadata.Namespace, preemptor.Metadata.Name);
        events.Event(victim, "Normal", "Preempted", $"Preempted by pod {preemptor.Metadata.Uid} on node {nodeName}");
        return true;
    }

    [LoggerMessage(4010, LogLevel.Information, "{Namespace}/{Name} on {Node} makes room for {PreemptorNamespace}/{Preemptor}")]
    private static partial void LogPreempted(ILogger log, string @namespace, string name, string node, string preemptorNamespace, string preemptor);

    [LoggerMessage(4011, LogLevel.Warning, "{Namespace}/{Name} could not be made to leave: {Problem}")]
    private static partial void LogFailed(ILogger log, string @namespace, string name, string problem);
}
