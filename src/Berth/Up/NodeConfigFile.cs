using System.CommandLine;
using Berth.ApiServer.Yaml;
using Berth.Instance;
using Berth.Linux.Machine;
using Berth.Node.Resources;
using Berth.Resources.Topology;

namespace Berth.Up;

/// <summary><c>--node-config FILE</c>: a KubeletConfiguration in YAML or JSON.</summary>
internal static class NodeConfigFile
{
    public static Option<string?> Option() => new("--node-config") { Description = "File of kind KubeletConfiguration: policies of CPUs, memory and topology, reservations, eviction" };

    /// <param name="notes">Gets a line for what the file sets and Berth does not heed.</param>
    /// <exception cref="UserErrorException">The file is missing, is no such configuration, or does not go with this machine.</exception>
    public static NodeConfiguration Read(string? path, TextWriter notes)
    {
        if (path is null)
            return NodeConfiguration.Default;
        try
        {
            var configuration = KubeletConfigurationFile.Read(YamlToJson.Convert(File.ReadAllBytes(path)));
            // Contradictions with the machine are told now rather than when everything else has started.
            var machine = MachineInfo.Read();
            if (configuration.FailSwapOn && machine.SwapBytes > 0)
                throw new NodeConfigurationException("failSwapOn", "this machine has swap: turn it off (swapoff -a), or set failSwapOn: false");
            NodePolicies.Of(configuration, MachineTopology.Of(machine), CpuSet.Of(machine.PresentCpus));
            if (configuration.Unheeded.Count > 0)
                notes.WriteLine($"  note   {path} sets what Berth does not heed: {string.Join(", ", configuration.Unheeded)}");
            return configuration;
        }
        catch (NodeConfigurationException e)
        {
            throw new UserErrorException($"{path}: {e.Message}", "docs/operations/node-configuration.md has the fields", e);
        }
        catch (YamlFormatException e)
        {
            throw new UserErrorException($"{path}: {e.Message}", "it must be a YAML or JSON document of kind KubeletConfiguration", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"--node-config {path} cannot be read: {e.Message}", "name a file that is there", e);
        }
    }
}
