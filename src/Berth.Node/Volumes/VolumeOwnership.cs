using Berth.Linux.Files;

namespace Berth.Node.Volumes;

/// <summary>Makes a volume the property of the pod's fsGroup: group, read and write for it, and new files inherit it.</summary>
public static class VolumeOwnership
{
    /// <param name="onRootMismatch">Skips the walk when the root directory already has the right group and bits.</param>
    public static void Apply(string directory, long group, bool onRootMismatch)
    {
        const UnixFileMode DirectoryBits = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.SetGroup;
        var rootMode = File.GetUnixFileMode(directory);
        if (onRootMismatch && FileStatus.Of(directory)?.Group == group && (rootMode & DirectoryBits) == DirectoryBits) return;
        Own(directory, group);
    }

    private static void Own(string path, long group)
    {
        var info = new FileInfo(path);
        Ownership.Set(path, null, group);
        if (info.LinkTarget is not null) return;
        var bits = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!Directory.Exists(path))
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | bits);
            return;
        }

        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | bits | UnixFileMode.GroupExecute | UnixFileMode.UserExecute | UnixFileMode.SetGroup);
        foreach (var entry in Directory.EnumerateFileSystemEntries(path)) Own(entry, group);
    }
}
