using System.Text;
using Berth.Node.Logs;
using Berth.Node.PodSync;

namespace Berth.Node.Lifecycle;

/// <summary>What a container left to say when it ended: the file that it wrote, or the end of its log.</summary>
public static class TerminationMessage
{
    // Kubernetes' limits.
    private const int FileBytesMax = 4096;
    private const int LogLinesMax = 80;
    private const int LogBytesMax = 2048;

    public static async Task<string> ReadAsync(Cri.V1.ContainerStatus status, CancellationToken ct)
    {
        var message = "";
        if (status.Annotations.TryGetValue(RuntimeLabels.TerminationMessageFile, out var path) && File.Exists(path))
        {
            await using var file = File.OpenRead(path);
            var bytes = new byte[FileBytesMax];
            var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
            message = Encoding.UTF8.GetString(bytes, 0, length);
        }

        var fallBack = status.Annotations.TryGetValue(RuntimeLabels.TerminationMessagePolicy, out var policy) && policy == "FallbackToLogsOnError";
        if (message.Length == 0 && fallBack && status.ExitCode != 0 && File.Exists(status.LogPath))
            message = await LogTail.ReadAsync(status.LogPath, LogLinesMax, LogBytesMax, ct);
        // The runtime's own words explain a start that failed.
        return message.Length > 0 ? message : status.Message;
    }
}
