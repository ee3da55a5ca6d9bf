using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Linux.Processes;

namespace Berth.Instance;

/// <summary>
/// <c>DATA/instance.json</c>: which process runs this data directory and with which settings, so that <c>berth down</c>,
/// <c>berth image</c> and the like find it. Written at start; the settings stay when Berth stops, so that what it left can
/// be removed later.
/// </summary>
internal sealed record InstanceFile
{
    // Readers of later versions must know every earlier one.
    private const int Version = 1;

    public required int Pid { get; init; }

    public required long StartTicks { get; init; }

    /// <summary>Of the whole cluster.</summary>
    public required string PodCidr { get; init; }

    /// <summary>Of this machine; null: all of the cluster's.</summary>
    public string? NodePodCidr { get; init; }

    /// <summary>The Node that this machine is; null where it is none.</summary>
    public string? NodeName { get; init; }

    /// <summary>Whether the control plane runs elsewhere: then the Node outlives this instance.</summary>
    public bool IsAgent { get; init; }

    public required string ServiceCidr { get; init; }

    /// <summary>The administrator's; empty on agents, which have none.</summary>
    public required string Kubeconfig { get; init; }

    /// <summary>Endpoint of a runtime that is not Berth's own; null otherwise.</summary>
    public string? RuntimeEndpoint { get; init; }

    /// <summary>Set once the node is Ready.</summary>
    public bool Ready { get; init; }

    public ProcessIdentity Process => new(Pid, StartTicks);

    public static string PathOf(string dataDirectory) => Path.Combine(dataDirectory, "instance.json");

    /// <summary>Null when the directory has never been used by Berth.</summary>
    /// <exception cref="UserErrorException">The file is there but cannot be understood.</exception>
    public static InstanceFile? Read(string dataDirectory)
    {
        var path = PathOf(dataDirectory);
        if (!File.Exists(path))
            return null;
        try
        {
            var root = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            if ((int?)root["version"] != Version)
                throw new UserErrorException($"{path} was written by another version of berth", "use that version, or remove the data directory");
            return new InstanceFile
            {
                Pid = (int)root["pid"]!,
                StartTicks = (long)root["startTicks"]!,
                PodCidr = (string)root["podCidr"]!,
                NodePodCidr = (string?)root["nodePodCidr"],
                NodeName = (string?)root["nodeName"],
                IsAgent = (bool?)root["isAgent"] ?? false,
                ServiceCidr = (string)root["serviceCidr"]!,
                Kubeconfig = (string)root["kubeconfig"]!,
                RuntimeEndpoint = (string?)root["runtimeEndpoint"],
                Ready = (bool)root["ready"]!,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new UserErrorException($"{path} is damaged: {e.Message}", "remove the file and start berth again");
        }
    }

    public void Write(string dataDirectory)
    {
        var root = new JsonObject
        {
            ["version"] = Version,
            ["pid"] = Pid,
            ["startTicks"] = StartTicks,
            ["podCidr"] = PodCidr,
            ["nodePodCidr"] = NodePodCidr,
            ["nodeName"] = NodeName,
            ["isAgent"] = IsAgent,
            ["serviceCidr"] = ServiceCidr,
            ["kubeconfig"] = Kubeconfig,
            ["runtimeEndpoint"] = RuntimeEndpoint,
            ["ready"] = Ready,
        };
        var path = PathOf(dataDirectory);
        File.WriteAllText(path + ".new", root.ToJsonString());
        File.Move(path + ".new", path, overwrite: true);
    }
}
