using System.Text;
using System.Text.Json;
using Berth.Api;
using Berth.Resources.Memory;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>
/// A pod's allocation as text, as it stands in the pod's annotation and in the agent's checkpoint:
/// <c>{"cpus":"2-5","containers":{"a":{"cpus":"2-5","own":true,"memory":[["0","memory",1073741824]]}}}</c>.
/// </summary>
public static class AllocationJson
{
    public static string Write(PodAllocation allocation)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, allocation, withUid: false);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static void Write(Utf8JsonWriter writer, PodAllocation allocation, bool withUid)
    {
        writer.WriteStartObject();
        if (withUid)
            writer.WriteString("uid", allocation.PodUid);
        WriteSets(writer, allocation.Cpus, allocation.Memory, allocation.Devices);
        writer.WriteStartObject("containers");
        foreach (var container in allocation.Containers)
        {
            writer.WriteStartObject(container.Name);
            WriteSets(writer, container.Cpus, container.Memory, container.Devices);
            if (container.OwnCpus)
                writer.WriteBoolean("own", true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <returns>Null when the text is not an allocation.</returns>
    public static PodAllocation? Read(string text, string podUid)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Read(document.RootElement, podUid);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return null; // anybody may write annotations
        }
    }

    /// <param name="podUid">Null: it stands in the text.</param>
    /// <exception cref="FormatException">A member is not what it should be.</exception>
    /// <exception cref="InvalidOperationException">A member has another type than it should.</exception>
    public static PodAllocation Read(JsonElement element, string? podUid = null) => new()
    {
        PodUid = podUid ?? (element.TryGetProperty("uid", out var uid) ? uid.GetString() : null) ?? throw new FormatException("an allocation has no uid"),
        Cpus = CpusOf(element),
        Memory = MemoryOf(element),
        Devices = DevicesOf(element),
        Containers = element.TryGetProperty("containers", out var containers)
            ? containers.EnumerateObject().Select(c => new ContainerAllocation
            {
                Name = c.Name,
                Cpus = CpusOf(c.Value),
                OwnCpus = c.Value.TryGetProperty("own", out var own) && own.GetBoolean(),
                Memory = MemoryOf(c.Value),
                Devices = DevicesOf(c.Value),
            }).ToApiList()
            : [],
    };

    /// <summary>What a node's pods hold, as in its annotation: a list of allocations with their uids.</summary>
    public static string WriteAll(IEnumerable<PodAllocation> allocations)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var allocation in allocations.OrderBy(a => a.PodUid, StringComparer.Ordinal))
                Write(writer, allocation, withUid: true);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <returns>Empty when the text is no such list.</returns>
    public static IReadOnlyList<PodAllocation> ReadAll(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(a => Read(a))];
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return [];
        }
    }

    private static void WriteSets(Utf8JsonWriter writer, CpuSet cpus, ApiList<MemoryBlock> memory, ApiList<string> devices)
    {
        if (!cpus.IsEmpty)
            writer.WriteString("cpus", cpus.ToString());
        if (!memory.IsEmpty)
        {
            writer.WriteStartArray("memory");
            foreach (var block in memory)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(block.Nodes.ToString());
                writer.WriteStringValue(block.Kind);
                writer.WriteNumberValue(block.Bytes);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        if (devices.IsEmpty)
            return;
        writer.WriteStartArray("devices");
        foreach (var device in devices)
            writer.WriteStringValue(device);
        writer.WriteEndArray();
    }

    private static CpuSet CpusOf(JsonElement element) =>
        element.TryGetProperty("cpus", out var cpus) ? CpuSet.Parse(cpus.GetString() ?? "") : CpuSet.Empty;

    private static ApiList<MemoryBlock> MemoryOf(JsonElement element) => element.TryGetProperty("memory", out var memory)
        ? memory.EnumerateArray().Select(b => new MemoryBlock(
            NumaSet.TryParse(b[0].GetString() ?? "", out var nodes) ? nodes : throw new FormatException("a block of memory names no NUMA nodes"),
            b[1].GetString() ?? "",
            b[2].GetInt64())).ToApiList()
        : [];

    private static ApiList<string> DevicesOf(JsonElement element) => element.TryGetProperty("devices", out var devices)
        ? devices.EnumerateArray().Select(d => d.GetString() ?? "").ToApiList()
        : [];
}
