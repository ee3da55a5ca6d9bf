using System.Security.Cryptography;
using System.Text;

namespace Berth.Samples.Tests;

/// <summary>
/// What one Berth has on the machine: processes, mounts, interfaces, nftables tables, cgroups, files. Others may run beside
/// it, so that all is looked for by the data directory or by the name that follows from it.
/// </summary>
internal static class Leftovers
{
    /// <summary>As docs/operations says: another data directory than the default has names of its own.</summary>
    public static string NameOf(string dataDirectory) => "berth-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataDirectory)).AsSpan(0, 4));

    /// <summary>Each as "sort: which one".</summary>
    /// <param name="namespaces">Inodes of network namespaces of its pods, from <see cref="NetworkNamespaces"/>.</param>
    /// <param name="ports">Interfaces on its bridge, from <see cref="BridgePorts"/>.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(string dataDirectory, IReadOnlyCollection<string> namespaces, IReadOnlyCollection<string> ports, CancellationToken ct)
    {
        var name = NameOf(dataDirectory);
        var found = new List<string>();
        foreach (var (pid, command, cgroups) in Processes())
        {
            if (command.Contains(dataDirectory, StringComparison.Ordinal) || command.Contains(name, StringComparison.Ordinal) || cgroups.Contains(name, StringComparison.Ordinal))
                found.Add($"process: {pid} {command}");
        }

        found.AddRange((await File.ReadAllLinesAsync("/proc/self/mountinfo", ct))
            .Where(m => m.Contains(dataDirectory, StringComparison.Ordinal) || m.Contains(name, StringComparison.Ordinal) || namespaces.Any(n => m.Contains(n, StringComparison.Ordinal)))
            .Select(m => "mount: " + m));
        found.AddRange(Directory.GetFileSystemEntries("/sys/class/net").Select(Path.GetFileName).Where(i => i == name || ports.Contains(i!)).Select(i => "interface: " + i));
        var tables = await ProgramRun.ToEndAsync("nft", ["list", "tables"], null, TimeSpan.FromSeconds(30), ct);
        Assert.True(tables.ExitCode == 0, tables.Text);
        found.AddRange(tables.Text.Split('\n').Where(t => t.Contains(name, StringComparison.Ordinal)).Select(t => "nftables: " + t));
        // Version 2 has one tree, version 1 one for each controller.
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true };
        found.AddRange(Directory.EnumerateDirectories("/sys/fs/cgroup", name, options).Select(c => "cgroup: " + c));
        if (Directory.Exists("/run/berth"))
            found.AddRange(Directory.EnumerateFileSystemEntries("/run/berth").Where(f => f.Contains(name[6..], StringComparison.Ordinal)).Select(f => "file: " + f));
        if (Directory.Exists(dataDirectory))
            found.Add("file: " + dataDirectory);
        return found;
    }

    /// <summary>Network namespaces of the pods' processes, as the kernel writes them: <c>net:[4026532281]</c>.</summary>
    public static IReadOnlyCollection<string> NetworkNamespaces(string dataDirectory)
    {
        var name = NameOf(dataDirectory);
        var own = new FileInfo("/proc/self/ns/net").LinkTarget;
        return Processes()
            .Where(p => p.Cgroups.Contains(name, StringComparison.Ordinal))
            .Select(p => new FileInfo($"/proc/{p.Pid}/ns/net").LinkTarget)
            .OfType<string>()
            .Where(n => n != own)
            .ToHashSet(StringComparer.Ordinal);
    }

    public static IReadOnlyCollection<string> BridgePorts(string dataDirectory)
    {
        var ports = $"/sys/class/net/{NameOf(dataDirectory)}/brif";
        return Directory.Exists(ports) ? [.. Directory.GetFileSystemEntries(ports).Select(p => Path.GetFileName(p)!)] : [];
    }

    private static IEnumerable<(int Pid, string Command, string Cgroups)> Processes()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid))
                continue;
            string command, cgroups;
            try
            {
                command = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ').Trim();
                cgroups = File.ReadAllText(Path.Combine(directory, "cgroup"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended between the listing and the look.
                continue;
            }

            yield return (pid, command, cgroups);
        }
    }
}
