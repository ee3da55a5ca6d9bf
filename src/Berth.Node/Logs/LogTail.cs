using System.Text;

namespace Berth.Node.Logs;

/// <summary>The end of a container's log as plain text.</summary>
public static class LogTail
{
    public static async Task<string> ReadAsync(string path, int linesMax, int bytesMax, CancellationToken ct)
    {
        // A line of the log carries some 40 bytes before its text; reading well more than asked for finds enough of it.
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var start = Math.Max(0, file.Length - (bytesMax * 2 + linesMax * 64));
        file.Seek(start, SeekOrigin.Begin);
        var bytes = new byte[file.Length - start];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
        var text = new StringBuilder();
        var lines = Encoding.UTF8.GetString(bytes, 0, length).Split('\n').Skip(start > 0 ? 1 : 0).Where(l => l.Length > 0).ToList();
        foreach (var line in lines.TakeLast(linesMax))
        {
            if (LogLine.TryParse(Encoding.UTF8.GetBytes(line), out var entry))
                text.Append(Encoding.UTF8.GetString(entry.Text)).Append(entry.Partial ? "" : "\n");
        }

        return text.Length <= bytesMax ? text.ToString() : text.ToString(text.Length - bytesMax, bytesMax);
    }
}
