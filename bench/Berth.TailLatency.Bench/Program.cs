using System.Globalization;
using Berth.TailLatency.Bench;

// "serve FILE SECONDS" is the service, in its pod; "run BINARY DOTNET OUT SECONDS NEIGHBOURS" is the measurement. See README.md.
if (args is ["serve", var file, var seconds])
{
    Service.Run(file, double.Parse(seconds, CultureInfo.InvariantCulture));
    return 0;
}

if (args is not ["run", var binary, var dotnet, var output, var length, var neighbours])
{
    Console.Error.WriteLine("run it by bench/tail-latency");
    return 2;
}

var measurement = new Measurement(Path.GetFullPath(binary), dotnet, int.Parse(length, CultureInfo.InvariantCulture), int.Parse(neighbours, CultureInfo.InvariantCulture));
Console.WriteLine($"{Environment.ProcessorCount} CPUs, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} before the first pod; {Machine()}");
var results = await measurement.RunAsync();
foreach (var result in results.OrderByDescending(r => r.Waits))
    Console.WriteLine(result);
var better = true;
foreach (var waits in (string[])[Measurement.Sleeping, Measurement.Polling])
{
    var (byDefault, exclusive) = (results.First(r => (r.Name, r.Waits) == (Measurement.Default, waits)), results.First(r => (r.Name, r.Waits) == (Measurement.Exclusive, waits)));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{waits}: default / exclusive: p50 {byDefault.At(0.5) / exclusive.At(0.5):F2}, p99 {byDefault.At(0.99) / exclusive.At(0.99):F2}, p99.9 {byDefault.At(0.999) / exclusive.At(0.999):F2}, longest {byDefault.Microseconds[^1] / exclusive.Microseconds[^1]:F2}"));
    // A sleeping service's CPU sleeps too once it is its own, and how soon it wakes is the machine's affair.
    better &= waits == Measurement.Sleeping || exclusive.At(0.999) < byDefault.At(0.999);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start of a pinned pod / of an unpinned one: {measurement.PinnedStart / measurement.SharedStart:F3} ({measurement.PinnedStart:F0} ms / {measurement.SharedStart:F0} ms; limit 1.05)"));
Directory.CreateDirectory(output);
var plot = Path.Combine(output, "tail-latency.svg");
File.WriteAllText(plot, Plot.Svg(results, Machine()));
Console.WriteLine($"plot: {plot}");
return measurement.PinnedStart / measurement.SharedStart <= 1.05 && better ? 0 : 1;

static string Machine() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() is { Length: > 0 } model
    ? $"{model}, Linux {Environment.OSVersion.Version}"
    : $"Linux {Environment.OSVersion.Version}";
