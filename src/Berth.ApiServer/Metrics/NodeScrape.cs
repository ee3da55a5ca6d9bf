using System.Buffers.Text;
using System.Text;

namespace Berth.ApiServer.Metrics;

/// <summary>What one node's agent tells at <c>/metrics/resource</c>: the node's own usage, and that of each container.</summary>
public sealed class NodeScrape
{
    private readonly Dictionary<(string Namespace, string Pod), Dictionary<string, ContainerFacts>> _pods = [];
    private readonly DateTimeOffset _now;

    private double? _cpuSeconds;
    private long? _memoryBytes;
    private DateTimeOffset _at;

    private NodeScrape(DateTimeOffset now) => (_now, _at) = (now, now);

    /// <summary>Null when the agent did not say.</summary>
    public UsageSample? Node => _cpuSeconds is { } cpu && _memoryBytes is { } memory ? new UsageSample(_at, cpu, memory) : null;

    public IReadOnlyDictionary<(string Namespace, string Pod), Dictionary<string, ContainerFacts>> Pods => _pods;

    /// <param name="text">In Prometheus' text format. Lines that are not understood are passed over: agents may tell more than is asked here.</param>
    /// <param name="now">The moment of samples that carry no time.</param>
    public static NodeScrape Parse(ReadOnlySpan<byte> text, DateTimeOffset now)
    {
        var scrape = new NodeScrape(now);
        foreach (var range in text.Split((byte)'\n'))
            scrape.Read(text[range]);
        return scrape;
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        var nameEnd = line.IndexOfAny((byte)'{', (byte)' ');
        if (nameEnd <= 0 || line[0] == '#')
            return;
        var name = line[..nameEnd];
        var rest = line[nameEnd..];
        var ofNode = name.StartsWith("node_"u8);
        if (!ofNode && !name.StartsWith("container_"u8))
            return;
        var labels = ReadOnlySpan<byte>.Empty;
        if (rest[0] == '{')
        {
            var close = rest.LastIndexOf((byte)'}');
            if (close < 0)
                return;
            labels = rest[1..close];
            rest = rest[(close + 1)..];
        }

        rest = rest.TrimStart((byte)' ');
        if (!Utf8Parser.TryParse(rest, out double value, out var used))
            return;
        rest = rest[used..].TrimStart((byte)' ');
        var at = Utf8Parser.TryParse(rest, out long milliseconds, out _) && milliseconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : _now;
        if (ofNode)
            ReadNode(name, value, at);
        else
            ReadContainer(name, labels, value, at);
    }

    private void ReadNode(ReadOnlySpan<byte> name, double value, DateTimeOffset at)
    {
        if (name.SequenceEqual("node_cpu_usage_seconds_total"u8))
            (_cpuSeconds, _at) = (value, at);
        else if (name.SequenceEqual("node_memory_working_set_bytes"u8))
            _memoryBytes = (long)value;
    }

    private void ReadContainer(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels, double value, DateTimeOffset at)
    {
        var (cpu, memory, started) = (name.SequenceEqual("container_cpu_usage_seconds_total"u8), name.SequenceEqual("container_memory_working_set_bytes"u8), name.SequenceEqual("container_start_time_seconds"u8));
        if (!cpu && !memory && !started)
            return;
        if (Label(labels, "namespace=\""u8) is not { } ns || Label(labels, "pod=\""u8) is not { } pod || Label(labels, "container=\""u8) is not { } container)
            return;
        if (!_pods.TryGetValue((ns, pod), out var containers))
            _pods.Add((ns, pod), containers = new(StringComparer.Ordinal));
        var known = containers.GetValueOrDefault(container);
        containers[container] = cpu ? known with { At = at, CpuSeconds = value }
            : memory ? known with { MemoryBytes = (long)value }
            : known with { Started = DateTimeOffset.FromUnixTimeMilliseconds((long)(value * 1000)) };
    }

    // Names of objects hold nothing that the format would escape.
    private static string? Label(ReadOnlySpan<byte> labels, ReadOnlySpan<byte> opening)
    {
        for (var from = 0; ;)
        {
            var at = labels[from..].IndexOf(opening);
            if (at < 0)
                return null;
            at += from;
            var value = labels[(at + opening.Length)..];
            if ((at == 0 || labels[at - 1] is (byte)',' or (byte)' ') && value.IndexOf((byte)'"') is >= 0 and var end)
                return Encoding.UTF8.GetString(value[..end]);
            from = at + opening.Length;
        }
    }
}

/// <param name="Started">Null when the agent did not say.</param>
public readonly record struct ContainerFacts(DateTimeOffset At, double? CpuSeconds, long? MemoryBytes, DateTimeOffset? Started)
{
    public UsageSample? Sample => CpuSeconds is { } cpu && MemoryBytes is { } memory ? new UsageSample(At, cpu, memory) : null;
}
