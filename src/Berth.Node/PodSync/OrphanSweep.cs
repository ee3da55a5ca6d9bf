using System.Globalization;
using Berth.Node.Cri;
using Berth.Node.Lifecycle;
using Berth.Node.Volumes;
using Microsoft.Extensions.Logging;

namespace Berth.Node.PodSync;

/// <summary>Takes away what is on the node of pods that no longer exist: after the agent was away while their objects were deleted.</summary>
public sealed partial class OrphanSweep(IRuntimeService runtime, PodVolumes volumes, PodCgroups cgroups, PodDirectories directories, Func<string, bool> isKnown, ILogger log)
{
    /// <summary>Only once the list of pods is known to be complete.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var sandboxes = await runtime.ListPodSandboxAsync(null, ct);
        var orphans = sandboxes.Where(s => s.Labels.TryGetValue(RuntimeLabels.PodUid, out var uid) && !isKnown(uid)).GroupBy(s => s.Labels[RuntimeLabels.PodUid]).ToList();
        await Task.WhenAll(orphans.Select(group => StopAsync(group.Key, [.. group], ct)));
        if (!Directory.Exists(directories.Root)) return;
        foreach (var directory in Directory.EnumerateDirectories(directories.Root))
        {
            var uid = Path.GetFileName(directory);
            if (isKnown(uid)) continue;
            await volumes.RemoveAsync(uid, ct);
            await cgroups.RemoveAsync(uid, ct);
        }

        if (!Directory.Exists(directories.LogsRoot)) return;
        foreach (var directory in Directory.EnumerateDirectories(directories.LogsRoot))
        {
            var name = Path.GetFileName(directory);
            if (!isKnown(name[(name.LastIndexOf('_') + 1)..])) Directory.Delete(directory, recursive: true);
        }
    }

    private async Task StopAsync(string uid, IReadOnlyList<Cri.V1.PodSandbox> sandboxes, CancellationToken ct)
    {
        LogOrphan(log, sandboxes[0].Metadata?.Namespace ?? "", sandboxes[0].Metadata?.Name ?? "", uid);
        var grace = sandboxes[0].Annotations.TryGetValue(RuntimeLabels.TerminationGracePeriod, out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 30;
        var running = await runtime.ListContainersAsync(
            new Cri.V1.ContainerFilter
            {
                LabelSelector = { [RuntimeLabels.PodUid] = uid },
                State = new Cri.V1.ContainerStateValue { State = Cri.V1.ContainerState.ContainerRunning },
            },
            ct);
        await Task.WhenAll(running.Select(c => runtime.StopContainerAsync(c.Id, TimeSpan.FromSeconds(grace), ct)));
        foreach (var sandbox in sandboxes)
        {
            await runtime.StopPodSandboxAsync(sandbox.Id, ct);
            await runtime.RemovePodSandboxAsync(sandbox.Id, ct);
        }

        await cgroups.RemoveAsync(uid, ct);
    }

    [LoggerMessage(5005, LogLevel.Information, "Stopping pod {Namespace}/{Name} ({Uid}): it was deleted while the agent was away")]
    private static partial void LogOrphan(ILogger log, string @namespace, string name, string uid);
}
