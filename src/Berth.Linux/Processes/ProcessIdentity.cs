using System.Globalization;
using System.Text;

namespace Berth.Linux.Processes;

/// <summary>
/// A process told apart from a later one with the same pid by its start time, in clock ticks since boot
/// (field 22 of /proc/PID/stat). It does not survive a reboot: store a boot id beside it.
/// </summary>
public readonly record struct ProcessIdentity(int Pid, long StartTicks)
{
    /// <summary>The identity of a live process, or null where there is none (a zombie counts as none).</summary>
    public static ProcessIdentity? Of(int pid) =>
        StatOf(pid) is { } fields && fields[0] is not ("Z" or "X")
            ? new ProcessIdentity(pid, long.Parse(fields[19], CultureInfo.InvariantCulture))
            : null;

    /// <summary>Zero where the process is gone.</summary>
    public static int ParentOf(int pid) => StatOf(pid) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;

    public bool IsAlive => Of(Pid) == this;

    /// <summary>Arguments of the process; empty where it is gone or a kernel thread.</summary>
    public static IReadOnlyList<string> CommandLineOf(int pid)
    {
        try
        {
            var bytes = File.ReadAllBytes($"/proc/{pid}/cmdline");
            return Encoding.UTF8.GetString(bytes).TrimEnd('\0') is { Length: > 0 } text ? text.Split('\0') : [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>All processes that this mount of /proc shows, zombies left out.</summary>
    public static IEnumerable<ProcessIdentity> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
                && Of(pid) is { } identity)
                yield return identity;
        }
    }

    /// <summary>Changes at each boot; pids recorded under another one are void.</summary>
    public static string BootId => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>Sends a signal unless the process is already gone. Returns false where it was.</summary>
    /// <exception cref="LinuxException">The signal was refused (EPERM).</exception>
    public bool Send(Signal signal)
    {
        using var handle = ProcessHandle.Open(Pid);
        // Between opening and this check the pid cannot be reused under the handle: what is alive here is what gets the signal.
        return handle is not null && IsAlive && handle.Send(signal);
    }

    /// <summary>Fields of /proc/PID/stat from the state (field 3) on; null where the process is gone.</summary>
    private static string[]? StatOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name in parentheses may hold spaces and parentheses; everything after the last one is plain.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // ENOENT before the open, ESRCH during the read
        }
    }
}
