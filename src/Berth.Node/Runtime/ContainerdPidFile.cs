using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Linux.Processes;

namespace Berth.Node.Runtime;

/// <summary>
/// Remembers which containerd process is ours, so that the next Berth can adopt it. Void after a reboot, when the pid
/// belongs to another process, or when that process does not run our configuration file.
/// </summary>
internal sealed class ContainerdPidFile(ContainerdPaths paths)
{
    /// <param name="Process">The containerd that runs.</param>
    /// <param name="ConfigurationHash">Of the configuration that it was started with.</param>
    public sealed record Entry(ProcessIdentity Process, string ConfigurationHash);

    public static string HashOf(string configuration) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(configuration)));

    public void Write(Entry entry)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{entry.Process.Pid} {entry.Process.StartTicks} {ProcessIdentity.BootId} {entry.ConfigurationHash}\n");
        var temporary = paths.PidFile + ".new";
        File.WriteAllText(temporary, text);
        File.Move(temporary, paths.PidFile, overwrite: true);
    }

    public void Delete() => File.Delete(paths.PidFile);

    /// <summary>The live containerd of this instance, or null. Where the file is missing or torn the process table is searched instead: a second containerd on the same root would hang on its lock.</summary>
    public Entry? FindLive()
    {
        if (Read() is { } entry && entry.Process.IsAlive && IsOurs(entry.Process.Pid)) return entry;
        foreach (var process in ProcessIdentity.All())
        {
            if (IsOurs(process.Pid)) return new Entry(process, "");
        }

        return null;
    }

    private bool IsOurs(int pid)
    {
        var arguments = ProcessIdentity.CommandLineOf(pid);
        return arguments is [_, "--config", var config, ..] && config == paths.Config;
    }

    private Entry? Read()
    {
        if (!File.Exists(paths.PidFile)) return null;
        return File.ReadAllText(paths.PidFile).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is [var pid, var start, var boot, var hash]
            && boot == ProcessIdentity.BootId
            && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new Entry(new ProcessIdentity(number, ticks), hash)
            : null;
    }
}
