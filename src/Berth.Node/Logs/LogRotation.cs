using System.Globalization;
using Berth.Node.Cri;
using Berth.Node.PodSync;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Logs;

/// <summary>Keeps containers' logs bounded: a file past its size is renamed, the runtime told to open a new one, the oldest deleted.</summary>
public sealed partial class LogRotation(IRuntimeService runtime, Func<IEnumerable<PodWorker>> workers, TimeProvider time, ILogger log)
{
    // Kubernetes' defaults.
    public const long FileBytesMax = 10 * 1024 * 1024;
    public const int FilesMax = 5;
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(_interval, time, ct);
            foreach (var container in workers().SelectMany(w => w.Observed.Running))
            {
                try
                {
                    if (new FileInfo(container.LogPath) is { Exists: true, Length: > FileBytesMax }) await RotateAsync(container, ct);
                }
                catch (Exception error) when (error is IOException or GrpcException && !ct.IsCancellationRequested)
                {
                    LogFailed(log, container.LogPath, error.Message);
                }
            }
        }
    }

    private async Task RotateAsync(ObservedContainer container, CancellationToken ct)
    {
        var renamed = container.LogPath + "." + time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        File.Move(container.LogPath, renamed);
        try
        {
            await runtime.ReopenContainerLogAsync(container.Id, ct);
        }
        catch (GrpcException)
        {
            // Without a new file the container's output would go to the renamed one unseen.
            File.Move(renamed, container.LogPath, overwrite: false);
            throw;
        }

        var old = Directory.EnumerateFiles(Path.GetDirectoryName(container.LogPath)!, Path.GetFileName(container.LogPath) + ".*").Order(StringComparer.Ordinal).ToList();
        foreach (var file in old.Take(Math.Max(0, old.Count - (FilesMax - 1)))) File.Delete(file);
    }

    [LoggerMessage(5201, LogLevel.Warning, "Rotating {Path} failed, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string path, string problem);
}
