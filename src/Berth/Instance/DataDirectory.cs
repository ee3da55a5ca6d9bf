namespace Berth.Instance;

/// <summary>The directory that holds all of one Berth: store, keys, containers, logs.</summary>
internal static class DataDirectory
{
    public const string Default = "/var/lib/berth";

    // Every directory of ours has this file; a directory with other content and without it is somebody else's.
    private const string Mark = "berth-data";

    /// <summary>Makes the directory, or sees that it is ours.</summary>
    /// <exception cref="UserErrorException">It holds other things, or cannot be made.</exception>
    public static string Claim(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            Directory.CreateDirectory(full);
            if (!File.Exists(Path.Combine(full, Mark)))
            {
                if (Directory.EnumerateFileSystemEntries(full).Any())
                    throw new UserErrorException($"the data directory {full} holds things that are not berth's", "name an empty or new directory with --data-dir");
                File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
                File.WriteAllText(Path.Combine(full, Mark), "The state of one berth. Remove it with: berth down --purge\n");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"the data directory {full} cannot be used: {e.Message}", "name another with --data-dir", e);
        }

        return full;
    }

    /// <summary>The directory of an existing Berth.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static string Existing(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return File.Exists(Path.Combine(full, Mark))
            ? full
            : throw new UserErrorException($"{full} is not the data directory of a berth", "name it with --data-dir, or start one with: berth up");
    }
}
