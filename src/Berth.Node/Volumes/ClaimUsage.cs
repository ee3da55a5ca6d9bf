using System.Collections.Concurrent;
using Berth.Api;
using Berth.Linux.Files;
using Berth.Node.Cri;
using Berth.Node.Volumes.Csi;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Volumes;

/// <summary>
/// How full the volumes of claims are, for summary and metrics. Measured on a loop of its own and read from memory: a file
/// system or a driver that hangs holds up nothing else, and its last numbers stay.
/// </summary>
public sealed partial class ClaimUsage(CsiVolumes csi, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(5);

    // As Kubernetes' node agent does by default.
    private static readonly TimeSpan _fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string PodUid, string Volume), Mounted> _mounted = new();
    private readonly ConcurrentDictionary<(string PodUid, string Volume), Measure> _measured = new();

    /// <param name="Room">Block volumes have a size and nothing else.</param>
    public sealed record Measure(ObjectKey Claim, FileSystemUsage Room, DateTimeOffset At);

    private sealed record Mounted(ObjectKey Claim, MountedVolume Volume, string? CsiName);

    /// <summary>The last measure of a pod's volume; null when there was none yet.</summary>
    public Measure? Of(string podUid, string volume) => _measured.GetValueOrDefault((podUid, volume));

    /// <summary>One measure of each claim, though several pods may use it.</summary>
    public IEnumerable<Measure> All => _measured.Values.GroupBy(m => m.Claim).Select(g => g.MaxBy(m => m.At)!);

    /// <param name="csiName">The PersistentVolume's name when a driver brought it.</param>
    public void Add(string podUid, ObjectKey claim, MountedVolume volume, string? csiName) => _mounted[(podUid, volume.Name)] = new Mounted(claim, volume, csiName);

    public void Remove(string podUid)
    {
        foreach (var key in _mounted.Keys.Where(k => k.PodUid == podUid))
        {
            _mounted.TryRemove(key, out _);
            _measured.TryRemove(key, out _);
        }
    }

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(_look, time);
        do
        {
            foreach (var (key, mounted) in _mounted)
            {
                if (_measured.TryGetValue(key, out var last) && time.GetUtcNow() - last.At < _fresh)
                    continue;
                if (await MeasureAsync(key.PodUid, mounted, ct) is not { } room)
                    continue;
                _measured[key] = new Measure(mounted.Claim, room, time.GetUtcNow());
                // Taken away meanwhile.
                if (!_mounted.ContainsKey(key))
                    _measured.TryRemove(key, out _);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    private async Task<FileSystemUsage?> MeasureAsync(string podUid, Mounted mounted, CancellationToken ct)
    {
        try
        {
            if (mounted.CsiName is { } name && await csi.UsageAsync(podUid, name, ct) is { } told)
                return told;
            // Off this thread: the call waits as long as a file server that is away.
            return mounted.Volume.Block ? null : await Task.Run(() => FileSystemUsage.Of(mounted.Volume.HostPath), ct);
        }
        catch (Exception error) when (error is GrpcException or IOException)
        {
            LogFailed(log, mounted.Claim.ToString(), error.Message);
            return null;
        }
    }

    [LoggerMessage(5045, LogLevel.Debug, "How full the volume of claim {Claim} is cannot be told: {Problem}")]
    private static partial void LogFailed(ILogger log, string claim, string problem);
}
