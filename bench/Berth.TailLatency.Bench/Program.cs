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
foreach (var result in results)
    Console.WriteLine(result);
var (byDefault, exclusive) = (results.First(r => r.Name == Measurement.Default), results.First(r => r.Name == Measurement.Exclusive));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"default / exclusive: p50 {byDefault.At(0.5) / exclusive.At(0.5):F1}, p99 {byDefault.At(0.99) / exclusive.At(0.99):F1}, p99.9 {byDefault.At(0.999) / exclusive.At(0.999):F1}"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start of a pinned pod / of an unpinned one: {measurement.PinnedStart / measurement.SharedStart:F3} ({measurement.PinnedStart:F0} ms / {measurement.SharedStart:F0} ms; limit 1.05)"));
Directory.CreateDirectory(output);
var plot = Path.Combine(output, "tail-latency.svg");
File.WriteAllText(plot, Plot.Svg(results, Machine()));
Console.WriteLine($"plot: {plot}");
return measurement.PinnedStart / measurement.SharedStart <= 1.05 && exclusive.At(0.999) < byDefault.At(0.999) ? 0 : 1;

static string Machine() => File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() is { Length: > 0 } model
    ? $"{model}, Linux {Environment.OSVersion.Version}"
    : $"Linux {Environment.OSVersion.Version}";
