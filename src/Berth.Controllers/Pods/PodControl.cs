using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;

namespace Berth.Controllers.Pods;

/// <summary>Creates and deletes pods for an owner, and tells of it in the owner's events.</summary>
public sealed class PodControl(IClusterClient client, EventRecorder events)
{
    public async Task<Pod> CreateAsync(Pod pod, IApiObject owner, CancellationToken ct)
    {
        try
        {
            var created = await client.CreateAsync(pod, null, ct).ConfigureAwait(false);
            events.Event(owner, "Normal", "SuccessfulCreate", $"Created pod: {created.Metadata.Name}");
            return created;
        }
        catch (ApiException e)
        {
            if (!IsNamespaceGoing(e))
                events.Event(owner, "Warning", "FailedCreate", $"Error creating: {e.Message}");
            throw;
        }
    }

    /// <summary>Deletes this very pod; one that is gone already is no failure.</summary>
    /// <returns>False when there was nothing left to delete.</returns>
    public async Task<bool> DeleteAsync(Pod pod, IApiObject owner, CancellationToken ct)
    {
        try
        {
            var options = new DeleteOptions { Preconditions = new Preconditions { Uid = pod.Metadata.Uid } };
            await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, options, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict)
        {
            return false;
        }
        catch (ApiException e)
        {
            events.Event(owner, "Warning", "FailedDelete", $"Error deleting: {e.Message}");
            throw;
        }

        events.Event(owner, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
        return true;
    }

    /// <summary>The namespace takes no more objects because it is being deleted: nothing to report, nothing to try again.</summary>
    public static bool IsNamespaceGoing(Exception? e) =>
        e is ApiException { IsForbidden: true } refusal && refusal.Status.Details is { } details && details.Causes.Any(static c => c.Reason == "NamespaceTerminating");
}
