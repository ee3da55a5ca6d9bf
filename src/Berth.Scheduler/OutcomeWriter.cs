using System.Text;
using System.Text.Json;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Events;
using Microsoft.Extensions.Logging;

namespace Berth.Scheduler;

/// <summary>Tells people and the API why a pod has no place: an event, the condition PodScheduled and the nominated node.</summary>
internal sealed partial class OutcomeWriter(IClusterClient client, EventRecorder events, TimeProvider time, ILogger log)
{
    /// <param name="nominated">Node to name in the status; empty to take the name out, null to leave it as it is.</param>
    /// <remarks>Failing to write is logged: the pod is tried again sooner or later, and told of again.</remarks>
    public async Task TellAsync(Pod pod, string message, string? nominated, CancellationToken ct)
    {
        events.Event(pod, "Warning", "FailedScheduling", message);
        var known = pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodScheduled");
        var same = known is { Status: "False", Reason: "Unschedulable" } && known.Message == message && known.ObservedGeneration == pod.Metadata.Generation;
        if (same && (nominated is null || nominated == pod.Status.NominatedNodeName))
            return;
        var condition = new PodCondition
        {
            Type = "PodScheduled",
            Status = "False",
            Reason = "Unschedulable",
            Message = message,
            ObservedGeneration = pod.Metadata.Generation,
            LastTransitionTime = known is { Status: "False" } ? known.LastTransitionTime : time.GetUtcNow(),
        };
        await PatchStatusAsync(pod, condition, nominated, ct).ConfigureAwait(false);
    }

    public Task ClearNominationAsync(Pod pod, CancellationToken ct) => PatchStatusAsync(pod, null, "", ct);

    /// <summary>Writes one condition of a pod's status, and the nominated node where it is not null.</summary>
    private async Task PatchStatusAsync(Pod pod, PodCondition? condition, string? nominated, CancellationToken ct)
    {
        try
        {
            await client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Strategic(StatusPatch(pod, condition, nominated)), "status", ct: ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            if (e is not ApiException { IsNotFound: true })
                LogTellFailed(log, pod.Metadata.Namespace, pod.Metadata.Name, e.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The next scheduler will tell.
        }
    }

    internal static string StatusPatch(Pod pod, PodCondition? condition, string? nominated)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            // The uid keeps a pod that was made anew under the same name from getting the old one's status.
            writer.WriteStartObject("metadata");
            writer.WriteString("uid", pod.Metadata.Uid);
            writer.WriteEndObject();
            writer.WriteStartObject("status");
            if (nominated is { Length: > 0 })
                writer.WriteString("nominatedNodeName", nominated);
            else if (nominated is not null)
                writer.WriteNull("nominatedNodeName");
            if (condition is not null)
            {
                writer.WriteStartArray("conditions");
                condition.WriteJson(writer);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    [LoggerMessage(4003, LogLevel.Warning, "The status of {Namespace}/{Name} could not be written: {Problem}")]
    private static partial void LogTellFailed(ILogger log, string @namespace, string name, string problem);
}
