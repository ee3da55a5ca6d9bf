using Berth.Client.Events;
using Berth.Node.Cri;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Lifecycle;

/// <summary>Removes images that no container uses, those unused the longest first, when the disk fills. Owned by one loop; the evictor may ask for a round too.</summary>
public sealed partial class ImageCollector(
    IImageService images, IRuntimeService runtime, NodeAgentOptions options, EventRecorder events, Func<Berth.Api.Core.V1.Node?> node, TimeProvider time, ILogger log)
{
    // Kubernetes' defaults: begin at 85 % of the disk used, end at 80 %; an image is safe for its first two minutes.
    private const double HighShare = 0.85;
    private const double LowShare = 0.80;
    private static readonly TimeSpan _ageMin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, (DateTimeOffset FirstSeen, DateTimeOffset LastUsed)> _seen = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(_interval, time, ct);
            try
            {
                await CollectAsync(force: false, ct);
            }
            catch (GrpcException error)
            {
                LogFailed(log, error.Message);
            }
        }
    }

    /// <param name="force">Removes whatever is unused, whatever the disk has left.</param>
    public async Task CollectAsync(bool force, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var now = time.GetUtcNow();
            var used = (await runtime.ListContainersAsync(null, ct)).SelectMany(c => (string[])[c.ImageRef, c.Image?.Image ?? "", c.ImageId]).ToHashSet(StringComparer.Ordinal);
            var all = await images.ListImagesAsync(null, ct);
            foreach (var image in all)
            {
                var before = _seen.GetValueOrDefault(image.Id, (now, default));
                _seen[image.Id] = IsUsed(image) ? before with { LastUsed = now } : before;
            }

            var drive = new DriveInfo(options.DataDirectory);
            var usedBytes = drive.TotalSize - drive.AvailableFreeSpace;
            if (!force && usedBytes < drive.TotalSize * HighShare) return;
            var toFree = force ? long.MaxValue : usedBytes - (long)(drive.TotalSize * LowShare);
            long freed = 0;
            foreach (var image in all.Where(i => !i.Pinned && !IsUsed(i) && now - _seen[i.Id].FirstSeen >= _ageMin).OrderBy(i => _seen[i.Id].LastUsed).ThenBy(i => _seen[i.Id].FirstSeen))
            {
                if (freed >= toFree) break;
                await images.RemoveImageAsync(image.Id, ct);
                freed += (long)image.Size;
                _seen.Remove(image.Id);
                LogRemoved(log, image.RepoTags.FirstOrDefault() ?? image.Id, image.Size);
            }

            if (!force && freed < toFree && node() is { } self)
                events.Event(self, "Warning", "FreeDiskSpaceFailed", $"Failed to garbage collect required amount of images. Attempted to free {toFree} bytes, but only found {freed} bytes eligible to free.");

            bool IsUsed(Cri.V1.Image image) => used.Contains(image.Id) || image.RepoTags.Any(used.Contains) || image.RepoDigests.Any(used.Contains);
        }
        finally
        {
            _turn.Release();
        }
    }

    [LoggerMessage(5401, LogLevel.Information, "Removed image {Image} ({Bytes} bytes): the disk fills and nothing uses it")]
    private static partial void LogRemoved(ILogger log, string image, ulong bytes);

    [LoggerMessage(5402, LogLevel.Warning, "Collecting images failed, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string problem);
}
