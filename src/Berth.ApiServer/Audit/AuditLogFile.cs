using System.Globalization;

namespace Berth.ApiServer.Audit;

/// <summary>
/// A file of events, one a line, or the standard output. A file that grew too long is put aside under the time at which that was,
/// as <c>audit-2026-01-31T12-00-00.000.log</c>; those put aside go when there are too many of them or they are too old.
/// </summary>
internal sealed class AuditLogFile : IAuditOutput
{
    public const string OutputName = "log";

    private const string TimeFormat = "yyyy-MM-dd'T'HH-mm-ss.fff";

    // A write of so many lines is long enough for the call not to matter, and short enough for the file to keep near its limit.
    private const int LinesMax = 256;

    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly string _directory;
    private readonly MemoryStream _buffer = new();
    private Stream? _file;
    private long _length;
    private DateTimeOffset _lastAside;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public AuditLogFile(AuditOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _directory = "";
        if (options.LogPath == "-")
        {
            _file = Console.OpenStandardOutput();
            return;
        }

        _directory = Path.GetDirectoryName(Path.GetFullPath(options.LogPath))!;
        Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _file = Open();
        DeleteOld();
    }

    public string Name => OutputName;

    public int BatchMax => LinesMax;

    public TimeSpan Linger => TimeSpan.Zero;

    public async Task WriteAsync(IReadOnlyList<byte[]> events, CancellationToken cancellation)
    {
        _buffer.SetLength(0);
        foreach (var line in events)
        {
            if (IsFull(_buffer.Length + line.Length))
            {
                await FlushAsync(cancellation).ConfigureAwait(false);
                Rotate();
            }

            _buffer.Write(line);
        }

        await FlushAsync(cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _file?.Dispose();
        _buffer.Dispose();
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        if (_buffer.Length == 0)
            return;
        // Null after a file that was put aside and could not be begun anew.
        _file ??= Open();
        await _file.WriteAsync(_buffer.GetBuffer().AsMemory(0, (int)_buffer.Length), cancellation).ConfigureAwait(false);
        await _file.FlushAsync(cancellation).ConfigureAwait(false);
        _length += _buffer.Length;
        _buffer.SetLength(0);
    }

    private bool IsFull(long more) => _directory.Length > 0 && _options.LogBytesMax > 0 && _length + _buffer.Length > 0 && _length + more > _options.LogBytesMax;

    private void Rotate()
    {
        // A line longer than the limit begins a file of its own, and is then followed by the next.
        if (_length == 0)
            return;
        _file?.Dispose();
        _file = null;
        var (stem, extension) = (Path.GetFileNameWithoutExtension(_options.LogPath), Path.GetExtension(_options.LogPath));
        // No name twice, also where the clock is set back or several go within a millisecond.
        var at = _time.GetUtcNow();
        string aside;
        do
        {
            at = at > _lastAside ? at : _lastAside + TimeSpan.FromMilliseconds(1);
            aside = Path.Combine(_directory, $"{stem}-{at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}{extension}");
            _lastAside = at;
        }
        while (File.Exists(aside));
        File.Move(_options.LogPath, aside);
        _file = Open();
        DeleteOld();
    }

    private FileStream Open()
    {
        var file = new FileStream(_options.LogPath, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            // Bodies of requests are in it.
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _length = file.Length;
        return file;
    }

    private void DeleteOld()
    {
        var (stem, extension) = (Path.GetFileNameWithoutExtension(_options.LogPath) + "-", Path.GetExtension(_options.LogPath));
        var aside = Directory.EnumerateFiles(_directory, $"{stem}*{extension}")
            .Select(f => (File: f, At: TimeOf(Path.GetFileName(f), stem, extension)))
            .Where(f => f.At is not null)
            .OrderByDescending(f => f.At)
            .ToList();
        var oldest = _options.LogAgeMax > TimeSpan.Zero ? _time.GetUtcNow() - _options.LogAgeMax : DateTimeOffset.MinValue;
        for (var i = 0; i < aside.Count; i++)
        {
            if ((_options.LogBackupsMax > 0 && i >= _options.LogBackupsMax) || aside[i].At < oldest)
                File.Delete(aside[i].File);
        }
    }

    private static DateTimeOffset? TimeOf(string name, string stem, string extension) =>
        name.Length > stem.Length + extension.Length
        && DateTimeOffset.TryParseExact(
            name.AsSpan(stem.Length, name.Length - stem.Length - extension.Length), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : null;
}
