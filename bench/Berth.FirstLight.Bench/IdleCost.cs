using System.Globalization;
using System.Text.Json.Nodes;

namespace Berth.FirstLight.Bench;

/// <summary>What Berth's process takes while no pod runs and nobody asks. containerd is a process of its own and not counted.</summary>
internal static class IdleCost
{
    // The runtime recompiles what the start made hot in its background: 0.4 s of CPU in the first half minute, next to nothing after a minute.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(70);

    // What comes each minute comes once. The kernel counts by the tick, of which there are some thirty: 20 s had ten, give or take three.
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(60);

    // USER_HZ: the kernel's unit in /proc/PID/stat on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    public static async Task<(double ResidentMiB, double CpuPercent)> MeasureAsync(string dataDirectory)
    {
        var pid = (int)JsonNode.Parse(File.ReadAllText(Path.Combine(dataDirectory, "instance.json")))!["pid"]!;
        await Task.Delay(s_settle);
        var before = CpuTicks(pid);
        await Task.Delay(s_window);
        var ticks = CpuTicks(pid) - before;
        var resident = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return (double.Parse(resident, CultureInfo.InvariantCulture) / 1024, 100 * ticks / TicksPerSecond / s_window.TotalSeconds);
    }

    // utime and stime, the 14th and 15th field; the second, the name, may contain spaces and ends with the last parenthesis.
    private static long CpuTicks(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
