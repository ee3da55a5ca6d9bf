using System.Globalization;

namespace Berth.Linux.Processes;

/// <summary>Capabilities that change how Berth has to configure what it starts; numbers are the kernel's.</summary>
public enum Capability
{
    SysAdmin = 21,
    /// <summary>Needed to lower oom_score_adj and to raise hard resource limits.</summary>
    SysResource = 24,
}

/// <summary>What this process may do, from /proc/self/status.</summary>
public static class Capabilities
{
    public static bool HasEffective(Capability capability) =>
        (ReadEffective(File.ReadLines("/proc/self/status")) & (1UL << (int)capability)) != 0;

    internal static ulong ReadEffective(IEnumerable<string> statusLines)
    {
        var line = statusLines.FirstOrDefault(candidate => candidate.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is null ? 0 : ulong.Parse(line["CapEff:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
