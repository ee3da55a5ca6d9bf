using System.Globalization;

namespace Berth.Store.Sqlite;

/// <summary>
/// The right to a data directory: an advisory lock (flock) on a file in it, which the kernel takes back when the process
/// ends, however it ends. The file stays. One beside it, which is not locked and so can be read by others, holds the
/// owner's process id for the message to them.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreOpenException">Another process, or another store of this one, has it.</exception>
    public static StoreLock Acquire(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            var directory = Path.GetDirectoryName(path);
            throw new StoreOpenException(
                $"{directory} is in use by {Owner(path)} (it holds {path}): stop that Berth, or give this one another data directory", e);
        }

        TryNoteOwner(path);
        return new StoreLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string NotePath(string path) => Path.ChangeExtension(path, ".pid");

    // On a full disk the store can still be read, so this is not worth a refusal.
    private static void TryNoteOwner(string path)
    {
        try
        {
            File.WriteAllText(NotePath(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
        }
    }

    private static string Owner(string path)
    {
        try
        {
            return File.ReadAllText(NotePath(path)) is { Length: > 0 } id ? $"process {id}" : "another process";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
