namespace Berth.ApiServer.Pki;

/// <summary>
/// The directory with keys and certificates: readable by its owner alone, each file written whole or not at all. Errors
/// come as <see cref="PkiException"/> with the path.
/// </summary>
internal sealed class PkiDirectory
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;

    private PkiDirectory(string path) => _path = path;

    public static PkiDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path, PrivateDirectory);
            File.SetUnixFileMode(path, PrivateDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PkiException(path, $"the directory for keys cannot be made or opened ({e.Message})", "Run berth as the directory's owner (normally root), or name another data directory with --data-dir", e);
        }

        return new(path);
    }

    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>Null when the file does not exist.</summary>
    public byte[]? Read(string name)
    {
        var path = PathOf(name);
        try
        {
            var content = File.ReadAllBytes(path);
            // Keys are restored from backups with all kinds of modes; nobody but the owner may go on reading them.
            if (File.GetUnixFileMode(path) != PrivateFile) File.SetUnixFileMode(path, PrivateFile);
            return content;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PkiException(path, $"cannot be read ({e.Message})", "Run berth as the file's owner (normally root), or restore the file from a backup", e);
        }
    }

    public string? ReadText(string name) => Read(name) is { } bytes ? System.Text.Encoding.UTF8.GetString(bytes) : null;

    public void Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Write(string name, ReadOnlySpan<byte> content) => WriteAtomically(PathOf(name), content);

    /// <summary>Replaces a file by one with mode 0600. A crash leaves the old file or the new one, on disk for good when this returns.</summary>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Environment.ProcessId}.new";
        try
        {
            File.Delete(temporary);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = PrivateFile,
            };
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PkiException(path, $"cannot be written ({e.Message})", "Check the disk's free space and the directory's owner and mode", e);
        }
    }
}
