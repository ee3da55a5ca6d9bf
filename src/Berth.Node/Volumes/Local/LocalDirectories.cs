namespace Berth.Node.Volumes.Local;

/// <summary>The directories of local volumes, and the records that they were made. Calls may come from several threads.</summary>
/// <param name="root">Holds a directory per volume.</param>
/// <param name="records">Holds an empty file per volume that was made; with the agent's state, not with the data.</param>
public sealed class LocalDirectories(string root, string records)
{
    // The same share that the node's disk pressure starts at: volumes are never promised what would bring it about.
    private const double FreeShareKept = 0.10;

    private const long Mebi = 1024 * 1024;
    private readonly Lock _gate = new();

    public string Root => root;

    /// <summary>How volumes are kept to their size.</summary>
    public string Limits => "not limited: the file system has no project quotas";

    /// <exception cref="InvalidDataException">It was made once and is gone.</exception>
    public string Ensure(string name, long sizeBytes)
    {
        var path = Path.Combine(root, name);
        lock (_gate)
        {
            if (Directory.Exists(path))
                return path;
            var record = Path.Combine(records, name);
            if (File.Exists(record))
                throw new InvalidDataException($"the directory {path} of volume \"{name}\" is gone: its disk is not mounted, or somebody deleted it. Bring it back, or delete the volume and its claim");
            Directory.CreateDirectory(records);
            Directory.CreateDirectory(path);
            // Whatever user the containers run as, fsGroup or not: nobody but this volume's pods gets to see it.
            File.SetUnixFileMode(path, (UnixFileMode)0x1ff);
            File.WriteAllBytes(record, []);
            return path;
        }
    }

    public void Delete(string name)
    {
        var path = Path.Combine(root, name);
        lock (_gate)
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Forget(name);
        }
    }

    /// <summary>The directory stays, for its owner to fetch.</summary>
    public void Forget(string name) => File.Delete(Path.Combine(records, name));

    /// <summary>What all volumes together may have: what is free and what they hold already, less what is kept free. Rounded, so that it does not change with every file.</summary>
    public long CapacityBytes()
    {
        Directory.CreateDirectory(root);
        File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        var drive = new DriveInfo(root);
        var bytes = drive.AvailableFreeSpace + DirectorySize.Of(root) - (long)(drive.TotalSize * FreeShareKept);
        var step = Math.Max(Mebi, drive.TotalSize / 256 / Mebi * Mebi);
        return Math.Max(0, bytes / step * step);
    }
}
