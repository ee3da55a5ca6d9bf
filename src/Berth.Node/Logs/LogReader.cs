using System.Globalization;
using System.Text;

namespace Berth.Node.Logs;

/// <summary>What of a container's log is asked for.</summary>
public sealed record LogQuery
{
    public long? TailLines { get; init; }

    public DateTimeOffset? Since { get; init; }

    public bool Timestamps { get; init; }

    public bool Follow { get; init; }

    public long? LimitBytes { get; init; }

    public bool Stdout { get; init; } = true;

    public bool Stderr { get; init; } = true;
}

/// <summary>Reads a container's log in the CRI format and writes its text, following it through rotations while the container runs.</summary>
public sealed class LogReader(TimeProvider time)
{
    // Longer lines are split by the runtime (16 KiB); this bound only guards against a file that is no log.
    private const int LineBytesMax = 1024 * 1024;
    private static readonly TimeSpan _look = TimeSpan.FromSeconds(1);

    /// <param name="running">Whether more may be written; asked for only at the end of the file.</param>
    /// <exception cref="FileNotFoundException">There is no log.</exception>
    public async Task CopyAsync(string path, LogQuery query, Func<Task<bool>> running, Stream output, CancellationToken ct)
    {
        var file = Open(path);
        using var changed = new SemaphoreSlim(0);
        using var watcher = query.Follow ? Watch(path, changed) : null;
        try
        {
            if (query.TailLines is { } tail) file.Seek(TailOffset(file, tail), SeekOrigin.Begin);
            var left = query.LimitBytes ?? long.MaxValue;
            var buffer = new byte[64 * 1024];
            var kept = 0;
            while (left > 0)
            {
                if (kept == buffer.Length)
                {
                    if (buffer.Length >= LineBytesMax) throw new InvalidDataException($"{path}: a line is longer than {LineBytesMax} bytes");
                    Array.Resize(ref buffer, buffer.Length * 2);
                }

                var read = await file.ReadAsync(buffer.AsMemory(kept), ct);
                if (read == 0)
                {
                    if (!query.Follow) return;
                    await output.FlushAsync(ct);
                    // Asked before looking once more: what was written before the container ended must not be missed.
                    var more = await running();
                    if (file.Length > file.Position) continue;
                    if (Rotated(path, file) is { } next)
                    {
                        // The runtime makes the new file when it has left the old one: only now is that complete.
                        if (file.Length > file.Position)
                        {
                            await next.DisposeAsync();
                            continue;
                        }

                        await file.DisposeAsync();
                        file = next;
                        kept = 0;
                        continue;
                    }

                    if (!more) return;
                    await changed.WaitAsync(_look, ct);
                    continue;
                }

                var length = kept + read;
                var start = 0;
                var text = new MemoryStream();
                while (left > 0 && buffer.AsSpan(start, length - start).IndexOf((byte)'\n') is >= 0 and var end)
                {
                    left -= Append(text, buffer.AsSpan(start, end), query, left);
                    start += end + 1;
                }

                if (text.Length > 0) await output.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), ct);
                kept = length - start;
                buffer.AsSpan(start, kept).CopyTo(buffer);
            }
        }
        finally
        {
            await output.FlushAsync(CancellationToken.None);
            await file.DisposeAsync();
        }
    }

    /// <summary>When "since so many seconds" was.</summary>
    public DateTimeOffset Ago(long seconds) => time.GetUtcNow().AddSeconds(-seconds);

    private static long Append(MemoryStream text, ReadOnlySpan<byte> line, LogQuery query, long left)
    {
        if (!LogLine.TryParse(line, out var entry)) return 0;
        if (entry.Stderr ? !query.Stderr : !query.Stdout) return 0;
        if (query.Since is { } since && entry.Time < since) return 0;
        var before = text.Length;
        if (query.Timestamps)
        {
            text.Write(entry.Stamp);
            text.WriteByte((byte)' ');
        }

        text.Write(entry.Text);
        if (!entry.Partial) text.WriteByte((byte)'\n');
        if (text.Length - before > left) text.SetLength(before + left);
        return text.Length - before;
    }

    /// <summary>Where the last lines begin.</summary>
    internal static long TailOffset(FileStream file, long lines)
    {
        if (lines <= 0) return file.Length;
        var buffer = new byte[32 * 1024];
        var position = file.Length;
        long seen = 0;
        while (position > 0)
        {
            var size = (int)Math.Min(buffer.Length, position);
            position -= size;
            file.Seek(position, SeekOrigin.Begin);
            file.ReadExactly(buffer, 0, size);
            for (var i = size - 1; i >= 0; i--)
            {
                // The last line's own end does not begin a line.
                if (buffer[i] == (byte)'\n' && position + i != file.Length - 1 && ++seen == lines) return position + i + 1;
            }
        }

        return 0;
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);

    /// <summary>The file that took the path's place after a rotation; null while it is still ours.</summary>
    private static FileStream? Rotated(string path, FileStream current)
    {
        try
        {
            var fresh = Open(path);
            // One file has one name, whatever links lead to it. Asked on both sides, so that a rename in between does not make the
            // old file pass for a new one, to be read from its beginning again.
            var before = NameOf(current);
            var name = NameOf(fresh);
            if (name != before && name != NameOf(current)) return fresh;
            fresh.Dispose();
            return null;
        }
        catch (IOException)
        {
            return null; // between the rename and the runtime's reopening
        }
    }

    private static string? NameOf(FileStream file) => new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget;

    private static FileSystemWatcher Watch(string path, SemaphoreSlim changed)
    {
        var watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*") { NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size };
        void Tell()
        {
            if (changed.CurrentCount == 0) changed.Release();
        }

        watcher.Changed += (_, _) => Tell();
        watcher.Created += (_, _) => Tell();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    /// <summary>A time of a query.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset value) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
}
