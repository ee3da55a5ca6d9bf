using System.Collections.Concurrent;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Node.PodSync;
using Microsoft.Extensions.Logging;

namespace Berth.Node.StaticPods;

/// <summary>
/// Runs the pods of <c>staticPodPath</c> and shows each in the API by a mirror pod, which tells and decides nothing: who
/// deletes it gets it again. Owned by one loop that looks at the files every few seconds.
/// </summary>
/// <remarks>A changed file is another pod: it starts when the one before has ended, so that the two never fight over a port.</remarks>
public sealed partial class StaticPods(StaticPodFiles files, PodWorkers workers, IClusterClient client, Func<Berth.Api.Core.V1.Node?> node, Func<IEnumerable<Pod>> heard, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    // Written by the loop; workers read it, and write the statuses.
    private readonly ConcurrentDictionary<string, Pod> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PodStatus> _statuses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PodStatus> _shown = new(StringComparer.Ordinal);
    private string _told = "";

    /// <summary>True for a pod that this agent runs from a file, whatever its annotations say.</summary>
    public bool Owns(string podUid) => _running.ContainsKey(podUid);

    /// <summary>Starts what is there, before anybody looks for pods that nobody knows.</summary>
    public void Start()
    {
        var (pods, problems) = files.Read();
        Tell(problems);
        foreach (var pod in pods.Values)
        {
            _running[pod.Metadata.Uid] = pod;
            workers.Set(pod);
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                Look();
                await RemoveMirrorsAsync(ct);
                foreach (var pod in _running.Values.ToList())
                    await ShowAsync(pod, ct);
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException)
            {
                LogNotShown(log, error.Message);
            }

            await Task.Delay(s_interval, time, ct);
        }
    }

    /// <summary>From the pod's worker: what it has become. Kept until the API can be told.</summary>
    public Pod Wrote(Pod pod, PodStatus status)
    {
        _statuses[pod.Metadata.Uid] = status;
        return pod with { Status = status };
    }

    private void Look()
    {
        var (pods, problems) = files.Read();
        Tell(problems);
        foreach (var (uid, pod) in _running.Where(r => !pods.ContainsKey(r.Key)).ToList())
        {
            workers.Remove(pod);
            if (workers.Find(uid) is null)
            {
                _running.TryRemove(uid, out _);
                _statuses.TryRemove(uid, out _);
                _shown.TryRemove(uid, out _);
            }
        }

        foreach (var (uid, pod) in pods)
        {
            var meta = pod.Metadata;
            if (_running.ContainsKey(uid) || _running.Values.Any(r => r.Metadata.Name == meta.Name && r.Metadata.Namespace == meta.Namespace))
                continue;
            _running[uid] = pod;
            workers.Set(pod);
        }
    }

    private async Task ShowAsync(Pod pod, CancellationToken ct)
    {
        var meta = pod.Metadata;
        if (node() is not { } self)
            return;
        Pod? mirror;
        try
        {
            mirror = await client.GetAsync<Pod>(meta.Namespace, meta.Name, null, ct);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            mirror = null;
        }

        if (mirror is not null && (mirror.Metadata.DeletionTimestamp is not null || !mirror.Metadata.Annotations.TryGetValue(StaticPodFiles.Mirror, out var of) || of != meta.Uid))
        {
            // Somebody else's pod of that name is no business of ours.
            if (!StaticPodFiles.IsMirror(mirror))
                return;
            await client.DeleteAsync<Pod>(meta.Namespace, meta.Name, new() { GracePeriodSeconds = 0, Preconditions = new() { Uid = mirror.Metadata.Uid } }, ct);
            mirror = null;
        }

        if (!_running.ContainsKey(meta.Uid) || workers.Find(meta.Uid) is null)
            return;
        if (mirror is null)
        {
            mirror = await client.CreateAsync(StaticPodFiles.MirrorOf(pod, self.Metadata.Name, self.Metadata.Uid), null, ct);
            _shown.TryRemove(meta.Uid, out _);
        }

        if (_statuses.TryGetValue(meta.Uid, out var status) && (!_shown.TryGetValue(meta.Uid, out var shown) || shown != status))
        {
            await client.UpdateStatusAsync(mirror with { Status = status }, null, ct);
            _shown[meta.Uid] = status;
        }
    }

    /// <summary>Mirrors of pods that are not there any more, left by an earlier agent or a removed file.</summary>
    private async Task RemoveMirrorsAsync(CancellationToken ct)
    {
        foreach (var mirror in heard().Where(StaticPodFiles.IsMirror).Where(m => !_running.ContainsKey(m.Metadata.Annotations[StaticPodFiles.Mirror])))
        {
            try
            {
                await client.DeleteAsync<Pod>(mirror.Metadata.Namespace, mirror.Metadata.Name, new() { GracePeriodSeconds = 0, Preconditions = new() { Uid = mirror.Metadata.Uid } }, ct);
            }
            catch (ApiException error) when (error.IsNotFound || error.IsConflict)
            {
                // Gone, or another by now.
            }
        }
    }

    private void Tell(IReadOnlyDictionary<string, string> problems)
    {
        var text = StaticPodFiles.Describe(problems);
        if (text.Length > 0 && text != _told)
            LogUnusable(log, text);
        _told = text;
    }

    [LoggerMessage(5701, LogLevel.Error, "Static pods that cannot be used: {Problems}")]
    private static partial void LogUnusable(ILogger log, string problems);

    [LoggerMessage(5702, LogLevel.Warning, "The API could not be shown the static pods, trying again: {Problem}")]
    private static partial void LogNotShown(ILogger log, string problem);
}
