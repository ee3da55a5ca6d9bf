using System.Globalization;
using System.Text.Json.Nodes;
using Berth.Node.Cri.V1;
using Berth.Node.PodSync;
using Google.Protobuf;

namespace Berth.Node.Devices;

/// <summary>
/// Devices by their Container Device Interface names (<c>vendor.example/class=name</c>). A runtime that knows CDI is given the
/// names; for one that does not (containerd before 1.7) the specification is applied here, as far as CRI can carry it.
/// </summary>
/// <param name="runtimeKnowsCdi">Asked at each use: the runtime's version is known once it has answered.</param>
/// <param name="directories">In rising order of precedence.</param>
public sealed class CdiDevices(Func<bool> runtimeKnowsCdi, IReadOnlyList<string> directories)
{
    public static readonly IReadOnlyList<string> StandardDirectories = ["/etc/cdi", "/var/run/cdi"];

    /// <exception cref="ContainerConfigException">A device is in no specification, or needs what only the runtime could do.</exception>
    public void Add(ContainerConfig config, IEnumerable<string> names)
    {
        var wanted = names.ToList();
        if (wanted.Count == 0) return;
        List<JsonObject> specifications;
        if (runtimeKnowsCdi())
        {
            // What lies elsewhere the runtime cannot find.
            specifications = Read(directories.Except(StandardDirectories));
            foreach (var name in wanted.Where(n => !IsIn(specifications, n)).ToList())
            {
                config.CDIDevices.Add(new CDIDevice { Name = name });
                wanted.Remove(name);
            }
        }
        else
        {
            specifications = Read(directories);
        }

        var kindsDone = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in wanted)
        {
            var (kind, device, specification) = Find(specifications, name);
            // The edits of the whole kind come once, before those of its devices.
            if (kindsDone.Add(kind)) Apply(config, name, specification["containerEdits"]);
            Apply(config, name, device["containerEdits"]);
        }
    }

    private static bool IsIn(List<JsonObject> specifications, string name) => specifications.Exists(s => Text(s, "kind") == name.Split('=', 2)[0]);

    private static List<JsonObject> Read(IEnumerable<string> directories)
    {
        var found = new List<JsonObject>();
        foreach (var directory in directories.Reverse())
        {
            if (!Directory.Exists(directory)) continue;
            foreach (var file in Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal))
            {
                try
                {
                    if (JsonNode.Parse(File.ReadAllBytes(file)) is JsonObject specification) found.Add(specification);
                }
                catch (Exception error) when (error is System.Text.Json.JsonException or IOException)
                {
                    throw ContainerConfigException.Config($"CDI specification {file}: {error.Message}", error);
                }
            }
        }

        return found;
    }

    private static (string Kind, JsonObject Device, JsonObject Specification) Find(List<JsonObject> specifications, string name)
    {
        var parts = name.Split('=', 2);
        foreach (var specification in specifications.Where(s => Text(s, "kind") == parts[0]))
        {
            if ((specification["devices"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(d => parts.Length == 2 && Text(d, "name") == parts[1]) is { } device)
                return (parts[0], device, specification);
        }

        throw ContainerConfigException.Config($"CDI device injection failed: unresolvable CDI devices {name}");
    }

    private static void Apply(ContainerConfig config, string name, JsonNode? node)
    {
        if (node is not JsonObject edits) return;
        string[] unsupported = ["hooks", "additionalGids", "intelRdt", "netDevices"];
        if (unsupported.FirstOrDefault(u => edits[u] is JsonArray { Count: > 0 } or JsonObject) is { } what)
            throw ContainerConfigException.Config($"CDI device {name} needs {what}, which this container runtime cannot be asked for; use containerd 1.7 or newer");
        foreach (var device in Objects(edits, "deviceNodes"))
        {
            var path = Text(device, "path");
            var permissions = Text(device, "permissions");
            config.Devices.Add(new Device
            {
                ContainerPath = path,
                HostPath = Text(device, "hostPath") is { Length: > 0 } host ? host : path,
                Permissions = permissions.Length > 0 ? permissions : "rwm",
            });
        }

        foreach (var mount in Objects(edits, "mounts"))
        {
            var options = (mount["options"] as JsonArray)?.Select(o => o?.ToString()).ToList() ?? [];
            config.Mounts.Add(new Mount { HostPath = Text(mount, "hostPath"), ContainerPath = Text(mount, "containerPath"), Readonly = options.Contains("ro") });
        }

        foreach (var entry in edits["env"] as JsonArray ?? [])
        {
            var pair = string.Create(CultureInfo.InvariantCulture, $"{entry}").Split('=', 2);
            if (config.Envs.All(e => e.Key != pair[0])) config.Envs.Add(new KeyValue { Key = pair[0], Value = ByteString.CopyFromUtf8(pair.Length == 2 ? pair[1] : "") });
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonObject of, string name) => (of[name] as JsonArray)?.OfType<JsonObject>() ?? [];

    private static string Text(JsonObject of, string name) => of[name]?.ToString() ?? "";
}
