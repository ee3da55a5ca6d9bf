using System.Formats.Tar;

namespace Berth.Node.Images;

/// <summary>One path of an image layer. Paths are absolute, as the container sees them.</summary>
public sealed record LayerEntry
{
    private LayerEntry(TarEntryType type, string path, UnixFileMode mode)
    {
        if (!path.StartsWith('/')) throw new ArgumentException($"'{path}' is not absolute", nameof(path));
        Type = type;
        Path = path;
        Mode = mode;
    }

    public TarEntryType Type { get; }

    public string Path { get; }

    public UnixFileMode Mode { get; }

    public int UserId { get; init; }

    public int GroupId { get; init; }

    /// <summary>Target of a symbolic link (as written), or path of the entry that a hard link repeats.</summary>
    public string? LinkTarget { get; private init; }

    /// <summary>Opens the content of a file.</summary>
    public Func<Stream>? Content { get; private init; }

    public static LayerEntry Directory(string path, UnixFileMode mode = FileModes.Rwxrxrx) => new(TarEntryType.Directory, path, mode);

    public static LayerEntry File(string path, byte[] content, UnixFileMode mode = FileModes.Rwrr) =>
        new(TarEntryType.RegularFile, path, mode) { Content = () => new MemoryStream(content, writable: false) };

    public static LayerEntry File(string path, string sourcePath, UnixFileMode mode) =>
        new(TarEntryType.RegularFile, path, mode) { Content = () => System.IO.File.OpenRead(sourcePath) };

    public static LayerEntry SymbolicLink(string path, string target) =>
        new(TarEntryType.SymbolicLink, path, (UnixFileMode)0x1ff) { LinkTarget = target };

    public static LayerEntry HardLink(string path, string earlierPath) =>
        new(TarEntryType.HardLink, path, FileModes.Rwxrxrx) { LinkTarget = earlierPath };

    /// <summary>A directory tree of this machine as entries below <paramref name="path"/>: modes kept, owned by root, links not followed.</summary>
    public static IEnumerable<LayerEntry> Tree(string sourceDirectory, string path = "/")
    {
        foreach (var info in new DirectoryInfo(sourceDirectory).EnumerateFileSystemInfos().OrderBy(info => info.Name, StringComparer.Ordinal))
        {
            var target = System.IO.Path.Combine(path, info.Name);
            if (info.LinkTarget is { } link)
            {
                yield return SymbolicLink(target, link);
            }
            else if (info is DirectoryInfo)
            {
                yield return Directory(target, info.UnixFileMode);
                foreach (var child in Tree(info.FullName, target)) yield return child;
            }
            else
            {
                yield return File(target, info.FullName, info.UnixFileMode);
            }
        }
    }
}

/// <summary>The permission bits that most files of an image have.</summary>
public static class FileModes
{
    /// <summary>0644.</summary>
    public const UnixFileMode Rwrr = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>0755.</summary>
    public const UnixFileMode Rwxrxrx = Rwrr | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
}
