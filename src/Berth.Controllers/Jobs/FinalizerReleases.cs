using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;

namespace Berth.Controllers.Jobs;

/// <summary>Takes the tracking finalizer from pods, and remembers from which until the cache shows it: such a pod must not be counted again.</summary>
public sealed class FinalizerReleases(IClusterClient client)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ObjectKey> _pending = new(StringComparer.Ordinal);

    /// <summary>Uids of a Job's pods that have been released though the cache may still show the finalizer.</summary>
    public HashSet<string> Pending(IEnumerable<Pod> pods)
    {
        lock (_gate)
            return pods.Select(static p => p.Metadata.Uid).Where(_pending.ContainsKey).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The cache shows the pod without the finalizer, or shows it no more.</summary>
    public void Seen(Pod pod)
    {
        lock (_gate)
            _pending.Remove(pod.Metadata.Uid);
    }

    /// <summary>A pod that is gone, or has been replaced by another of its name, counts as released.</summary>
    public async Task ReleaseAsync(Pod pod, CancellationToken ct)
    {
        lock (_gate)
            _pending[pod.Metadata.Uid] = ObjectKey.Of(pod);
        try
        {
            var patch = $$$"""{"metadata":{"uid":"{{{pod.Metadata.Uid}}}","$deleteFromPrimitiveList/finalizers":["{{{JobPods.Finalizer}}}"]}}""";
            await client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Strategic(patch), null, null, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict || e.IsInvalid)
        {
            if (!e.IsNotFound && await StillHasItAsync(pod, ct).ConfigureAwait(false))
            {
                Seen(pod);
                throw;
            }
        }
        catch
        {
            Seen(pod);
            throw;
        }
    }

    private async Task<bool> StillHasItAsync(Pod pod, CancellationToken ct)
    {
        try
        {
            var current = await client.GetAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, null, ct).ConfigureAwait(false);
            return current.Metadata.Uid == pod.Metadata.Uid && JobPods.HasFinalizer(current);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return false;
        }
    }
}
