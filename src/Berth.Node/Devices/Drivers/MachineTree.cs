using System.Globalization;
using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Node.Devices.Drivers;

/// <summary>Files by which the kernel tells of devices, below a root that tests may choose.</summary>
/// <param name="root">/ for the machine itself.</param>
public sealed class MachineTree(string root = "/")
{
    public string Path(string path) => System.IO.Path.Combine(root, path.TrimStart('/'));

    /// <summary>The path as it is without the root.</summary>
    public string Logical(string path) => root == "/" ? path : "/" + System.IO.Path.GetRelativePath(root, path);

    public bool Exists(string path) => File.Exists(Path(path)) || Directory.Exists(Path(path));

    /// <summary>The file's text without the newline at its end; null where there is none.</summary>
    public string? Text(string path)
    {
        try
        {
            return File.ReadAllText(Path(path)).Trim();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Entries of a directory, without their paths, in order; none where there is no such directory.</summary>
    public IReadOnlyList<string> Entries(string path) => Directory.Exists(Path(path))
        ? [.. Directory.EnumerateFileSystemEntries(Path(path)).Select(e => System.IO.Path.GetFileName(e)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Where a link leads, without the root; null for what is no link.</summary>
    public string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(Path(path), returnFinalTarget: true) is { } target ? Logical(target.FullName) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Where a PCI function is: its bus address, root complex and NUMA node.</summary>
    public IEnumerable<KeyValuePair<string, DeviceAttribute>> PciAttributes(string address)
    {
        if (address.Length == 0) yield break;
        var path = $"/sys/bus/pci/devices/{address}";
        yield return KeyValuePair.Create("resource.kubernetes.io/pciBusID", new DeviceAttribute { String = address });
        if (Target(path) is { } real && real.Split('/').FirstOrDefault(p => p.StartsWith("pci", StringComparison.Ordinal) && p.Contains(':', StringComparison.Ordinal)) is { } complex)
            yield return KeyValuePair.Create("resource.kubernetes.io/pcieRoot", new DeviceAttribute { String = complex });
        // -1: the firmware does not tell.
        if (long.TryParse(Text(path + "/numa_node"), CultureInfo.InvariantCulture, out var numa) && numa >= 0)
            yield return KeyValuePair.Create("numaNode", new DeviceAttribute { Int = numa });
    }
}
