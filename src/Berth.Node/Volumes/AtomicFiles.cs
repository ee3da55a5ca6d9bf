using System.Globalization;
using Berth.Linux.Files;

namespace Berth.Node.Volumes;

/// <summary>
/// Shows a set of files in a directory and replaces all of them at once: files live in a dated directory, <c>..data</c>
/// is a symbolic link to it, and each top-level name a link through <c>..data</c>. Renaming the one link switches the set,
/// so that a reader never sees half of it. Layout and names are Kubernetes': programs watch <c>..data</c>.
/// </summary>
public static class AtomicFiles
{
    private const string Data = "..data";

    /// <param name="group">Group of the files; null leaves the agent's.</param>
    /// <returns>False when the directory shows these files already.</returns>
    public static bool Write(string directory, VolumePayload payload, long? group, TimeProvider time)
    {
        Directory.CreateDirectory(directory);
        var link = Path.Combine(directory, Data);
        var current = new FileInfo(link).LinkTarget is { } target ? Path.Combine(directory, target) : null;
        if (current is not null && Directory.Exists(current) && Shows(current, payload, group))
            return false;

        var name = ".." + time.GetUtcNow().ToString("yyyy'_'MM'_'dd'_'HH'_'mm'_'ss", CultureInfo.InvariantCulture)
            + "." + Random.Shared.Next(int.MaxValue).ToString(CultureInfo.InvariantCulture);
        var fresh = Path.Combine(directory, name);
        Directory.CreateDirectory(fresh);
        File.SetUnixFileMode(fresh, (UnixFileMode)0x1ed);
        if (group is not null) Own(fresh, null, group, isDirectory: true);
        foreach (var (path, file) in payload.Files)
        {
            var full = Path.Combine(fresh, path);
            EnsureParents(fresh, path, group);
            File.WriteAllBytes(full, file.Content);
            File.SetUnixFileMode(full, (UnixFileMode)ModeOf(file, group));
            if (group is not null || file.Owner is not null) Ownership.Set(full, file.Owner, group);
        }

        var switching = Path.Combine(directory, "..data_tmp");
        File.Delete(switching);
        File.CreateSymbolicLink(switching, name);
        Entry.Rename(switching, link);

        var wanted = payload.Files.Keys.Select(TopOf).ToHashSet(StringComparer.Ordinal);
        foreach (var top in wanted)
        {
            var visible = Path.Combine(directory, top);
            if (new FileInfo(visible).LinkTarget is null) File.CreateSymbolicLink(visible, Path.Combine(Data, top));
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(directory))
        {
            var entryName = Path.GetFileName(entry);
            if (entryName == Data || entryName == name) continue;
            if (entryName.StartsWith("..", StringComparison.Ordinal)) DeleteTree(entry);
            else if (!wanted.Contains(entryName) && new FileInfo(entry).LinkTarget is not null) File.Delete(entry);
        }

        return true;
    }

    /// <summary>With a group the files must be readable by it: they are never writable, they would be replaced.</summary>
    private static int ModeOf(PayloadFile file, long? group) => group is null ? file.Mode : file.Mode | 0x120 /* 0440 */;

    private static string TopOf(string path) => path.Split('/')[0];

    private static void EnsureParents(string root, string path, long? group)
    {
        var parts = path.Split('/');
        var at = root;
        foreach (var part in parts[..^1])
        {
            at = Path.Combine(at, part);
            if (Directory.Exists(at)) continue;
            Directory.CreateDirectory(at);
            File.SetUnixFileMode(at, (UnixFileMode)0x1ed);
            if (group is not null) Own(at, null, group, isDirectory: true);
        }
    }

    private static void Own(string path, long? user, long? group, bool isDirectory)
    {
        Ownership.Set(path, user, group);
        if (isDirectory) File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.SetGroup);
    }

    private static bool Shows(string current, VolumePayload payload, long? group)
    {
        var files = Directory.EnumerateFiles(current, "*", SearchOption.AllDirectories).ToList();
        if (files.Count != payload.Files.Count) return false;
        foreach (var path in files)
        {
            if (!payload.Files.TryGetValue(Path.GetRelativePath(current, path), out var wanted)
                || (int)File.GetUnixFileMode(path) != ModeOf(wanted, group)
                || !File.ReadAllBytes(path).AsSpan().SequenceEqual(wanted.Content))
                return false;
        }

        return true;
    }

    private static void DeleteTree(string path)
    {
        if (new FileInfo(path).LinkTarget is not null || File.Exists(path)) File.Delete(path);
        else Directory.Delete(path, recursive: true);
    }
}
