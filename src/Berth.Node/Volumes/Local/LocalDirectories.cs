using System.Globalization;
using Berth.Linux.Files;

namespace Berth.Node.Volumes.Local;

/// <summary>
/// The directories of local volumes, the records that they were made, and their limits, where the file system has project
/// quotas. Calls may come from several threads.
/// </summary>
/// <param name="root">Holds a directory per volume.</param>
/// <param name="records">Holds a file per volume that was made, with its project's number; with the agent's state, not with the data.</param>
public sealed class LocalDirectories(string root, string records)
{
    // The same share that the node's disk pressure starts at: volumes are never promised what would bring it about.
    private const double FreeShareKept = 0.10;

    // Numbers of projects begin where those that people choose by hand end.
    private const uint ProjectMin = 0x4265_0000;

    private const long Mebi = 1024 * 1024;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _limits = new(StringComparer.Ordinal);
    private string? _device;
    private bool _looked;

    public string Root => root;

    /// <summary>How volumes are kept to their size, for people to read; <see cref="Berth.Resources.Volumes.LocalStorage.LimitedByQuota"/> when they are.</summary>
    public string Limits => Device() is null
        ? "its file system has no project quotas (mount it with prjquota)"
        : Berth.Resources.Volumes.LocalStorage.LimitedByQuota;

    /// <summary>The volume's directory, made if it never was, and kept to the size.</summary>
    /// <exception cref="InvalidDataException">It was made once and is gone.</exception>
    public string Ensure(string name, long sizeBytes)
    {
        var path = Path.Combine(root, name);
        var record = Path.Combine(records, name);
        lock (_gate)
        {
            if (!Directory.Exists(path))
            {
                if (File.Exists(record))
                    throw new InvalidDataException($"the directory {path} of volume \"{name}\" is gone: its disk is not mounted, or somebody deleted it. Bring it back, or delete the volume and its claim");
                Directory.CreateDirectory(records);
                Directory.CreateDirectory(path);
                // Whatever user the containers run as, fsGroup or not: nobody but this volume's pods gets to see it.
                File.SetUnixFileMode(path, (UnixFileMode)0x1ff);
            }

            Limit(path, record, name, sizeBytes);
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
            if (Device() is { } device && ProjectOf(Path.Combine(records, name)) is { } project)
                ProjectQuota.Limit(device, project, 0);
            Forget(name);
        }
    }

    /// <summary>The directory stays, for its owner to fetch.</summary>
    public void Forget(string name)
    {
        lock (_gate)
        {
            _limits.Remove(name);
            File.Delete(Path.Combine(records, name));
        }
    }

    /// <summary>What all volumes together may have: what is free and what they hold already, less what is kept free. Rounded, so that it does not change with every file.</summary>
    public long CapacityBytes()
    {
        Directory.CreateDirectory(root);
        // The way through is open to containers of any user; the names are nobody's business.
        File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        var drive = new DriveInfo(root);
        var bytes = drive.AvailableFreeSpace + DirectorySize.Of(root) - (long)(drive.TotalSize * FreeShareKept);
        var step = Math.Max(Mebi, drive.TotalSize / 256 / Mebi * Mebi);
        return Math.Max(0, bytes / step * step);
    }

    private void Limit(string path, string record, string name, long sizeBytes)
    {
        if (_limits.TryGetValue(name, out var limit) && limit == sizeBytes)
            return;
        if (Device() is not { } device)
        {
            if (!File.Exists(record))
                File.WriteAllText(record, "");
            _limits[name] = sizeBytes;
            return;
        }

        if (ProjectOf(record) is not { } project)
        {
            Directory.CreateDirectory(records);
            project = Directory.EnumerateFiles(records).Select(r => ProjectOf(r) ?? ProjectMin).Append(ProjectMin).Max() + 1;
            File.WriteAllText(record, project.ToString(CultureInfo.InvariantCulture));
            ProjectQuota.Assign(path, project);
        }

        ProjectQuota.Limit(device, project, sizeBytes);
        _limits[name] = sizeBytes;
    }

    private static uint? ProjectOf(string record) =>
        File.Exists(record) && uint.TryParse(File.ReadAllText(record), NumberStyles.None, CultureInfo.InvariantCulture, out var project) ? project : null;

    private string? Device()
    {
        if (!_looked)
        {
            Directory.CreateDirectory(root);
            _device = ProjectQuota.DeviceOf(root);
            _looked = true;
        }

        return _device;
    }
}
