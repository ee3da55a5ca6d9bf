using System.Text;
using System.Text.Json;
using Berth.Resources.Allocation;

namespace Berth.Node.Resources;

/// <summary>
/// The file of what pods hold: <c>{"version":1,"pods":[...]}</c>. Written before a container starts, so that a crash between
/// the two leaves CPUs reserved, never shared. A damaged file is no fault: the containers themselves tell what they have.
/// </summary>
public sealed class AllocationCheckpoint(string path)
{
    public const int Version = 1;

    public bool Exists => File.Exists(path);

    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(IEnumerable<PodAllocation> pods)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteStartArray("pods");
            foreach (var pod in pods.OrderBy(p => p.PodUid, StringComparer.Ordinal))
                AllocationJson.Write(writer, pod, withUid: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(buffer.ToArray());
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    /// <param name="problem">Why there is nothing, although there was a file.</param>
    public IReadOnlyList<PodAllocation> Read(out string? problem)
    {
        problem = null;
        if (!File.Exists(path))
            return [];
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var version = document.RootElement.GetProperty("version").GetInt32();
            if (version > Version)
            {
                problem = $"it is of version {version}, written by a newer berth";
                return [];
            }

            return [.. document.RootElement.GetProperty("pods").EnumerateArray().Select(p => AllocationJson.Read(p))];
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or IOException or DecoderFallbackException)
        {
            problem = error.Message;
            return [];
        }
    }

    public void Delete() => File.Delete(path);
}
