using System.Diagnostics;
using Berth.FirstLight.Bench;

// Arguments: the binary; or "pods" and the data directory of a Berth that runs, for the last measure alone. Exit code 1 when a
// limit was missed. See README.md.
if (args[0] == "pods")
{
    var alone = new Report();
    Console.WriteLine($"{Environment.ProcessorCount} CPUs, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
    await MeasurePodsAsync(alone, args[1]);
    return alone.ExitCode;
}

var binary = Path.GetFullPath(args[0]);
var data = Directory.CreateTempSubdirectory("berth-bench-").FullName;
string[] settings = ["--data-dir", data];
var report = new Report();
Console.WriteLine($"{Environment.ProcessorCount} CPUs, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
try
{
    // (a) The first start makes keys and store; the second finds them.
    report.AtMost("first start to Ready", await UpAsync(), 3.0, "s");
    await RunAsync("down", [.. settings]);
    report.AtMost("second start to Ready", await UpAsync(), 3.0, "s");

    // (b)
    var idle = await IdleCost.MeasureAsync(data);
    report.AtMost("idle resident memory", idle.ResidentMiB, 150, "MiB");
    report.AtMost("idle CPU of one core", idle.CpuPercent, 0.5, "%");

    // (c)
    await MeasurePodsAsync(report, data);
}
finally
{
    await RunAsync("down", ["--purge", .. settings]);
}

return report.ExitCode;

static async Task MeasurePodsAsync(Report report, string dataDirectory)
{
    var pods = await PodStart.MeasureAsync(dataDirectory);
    report.Note("CRI alone: sandbox, create, start", pods.CriMilliseconds, "ms");
    report.Note("create to Running", pods.BerthMilliseconds, "ms");
    report.AtMost("create to Running / CRI alone", pods.BerthMilliseconds / pods.CriMilliseconds, 1.2, "");
}

async Task<double> UpAsync()
{
    var clock = Stopwatch.StartNew();
    await RunAsync("up", ["-d", "--listen", "127.0.0.1:7656", "--pod-cidr", "10.78.0.0/16", "--service-cidr", "10.79.0.0/16", .. settings]);
    return clock.Elapsed.TotalSeconds;
}

async Task RunAsync(string verb, IReadOnlyList<string> arguments)
{
    using var process = Process.Start(new ProcessStartInfo(binary, [verb, .. arguments]) { RedirectStandardOutput = true })!;
    var said = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    if (process.ExitCode != 0)
        throw new InvalidOperationException($"berth {verb}: exit code {process.ExitCode}\n{said}");
}
