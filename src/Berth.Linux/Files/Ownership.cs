namespace Berth.Linux.Files;

/// <summary>Owners of files.</summary>
public static class Ownership
{
    // chown(2): -1 leaves a half as it is.
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Changes a path's user and group, without following a symbolic link; null leaves one as it is.</summary>
    /// <exception cref="LinuxException">With the path.</exception>
    public static void Set(string path, long? user, long? group)
    {
        if (Libc.LChown(path, user is { } u ? (uint)u : Unchanged, group is { } g ? (uint)g : Unchanged) != 0)
            throw LinuxException.Last("chown", path);
    }
}
