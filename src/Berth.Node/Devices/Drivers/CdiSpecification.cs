using System.Text.Json;

namespace Berth.Node.Devices.Drivers;

/// <summary>Writes a driver's devices as a specification of the Container Device Interface, for this agent and for runtimes.</summary>
public static class CdiSpecification
{
    // The newest that all of this is in; runtimes know it since containerd 1.7.
    private const string Version = "0.6.0";

    /// <summary>The name under which a container asks for a device.</summary>
    public static string NameOf(string kind, string nodeName, string device) => $"{kind}={nodeName}-{device}";

    /// <param name="kind">vendor.example/class.</param>
    public static byte[] Write(string kind, string nodeName, FoundDevices found)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("cdiVersion", Version);
            writer.WriteString("kind", kind);
            writer.WriteStartArray("devices");
            foreach (var device in found.Devices)
            {
                writer.WriteStartObject();
                writer.WriteString("name", $"{nodeName}-{device.Name}");
                Edits(writer, device.Edits);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            Edits(writer, found.Edits);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Edits(Utf8JsonWriter writer, CdiEdits edits)
    {
        writer.WriteStartObject("containerEdits");
        if (!edits.Environment.IsEmpty)
        {
            writer.WriteStartArray("env");
            foreach (var entry in edits.Environment) writer.WriteStringValue(entry);
            writer.WriteEndArray();
        }

        if (!edits.Nodes.IsEmpty)
        {
            writer.WriteStartArray("deviceNodes");
            foreach (var node in edits.Nodes)
            {
                writer.WriteStartObject();
                writer.WriteString("path", node.Path);
                writer.WriteString("hostPath", node.HostPath);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (!edits.Mounts.IsEmpty)
        {
            writer.WriteStartArray("mounts");
            foreach (var mount in edits.Mounts)
            {
                writer.WriteStartObject();
                writer.WriteString("hostPath", mount.HostPath);
                writer.WriteString("containerPath", mount.Path);
                writer.WriteStartArray("options");
                foreach (var option in (string[])["ro", "nosuid", "nodev", "bind"]) writer.WriteStringValue(option);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
