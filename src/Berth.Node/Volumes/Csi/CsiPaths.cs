using Berth.Node.PodSync;
using Berth.Resources.Volumes;

namespace Berth.Node.Volumes.Csi;

/// <summary>Where CSI volumes are on the node; the layout of Kubernetes' node agent, which drivers' manifests rely on.</summary>
public sealed class CsiPaths(NodeAgentOptions options, PodDirectories directories)
{
    private const string Plugin = "kubernetes.io~csi";

    public string RegistryDirectory => Path.Combine(options.PluginRoot, "plugins_registry");

    private string Plugins => Path.Combine(options.PluginRoot, "plugins", "kubernetes.io", "csi");

    public string RecordDirectory(string podUid, string name) => Path.Combine(directories.VolumesOf(podUid), Plugin, name);

    public string Mount(string podUid, string name) => Path.Combine(RecordDirectory(podUid, name), "mount");

    public string Device(string podUid, string volumeName) => Path.Combine(Plugins, "volumeDevices", "publish", volumeName, podUid);

    public string StagedDevice(string volumeName) => Path.Combine(Plugins, "volumeDevices", "staging", volumeName);

    public string Staged(string driver, string handle) => Path.Combine(Plugins, driver, CsiNames.Staged(handle), "globalmount");

    /// <summary>Directories of records of a pod.</summary>
    public IEnumerable<string> RecordsOf(string podUid) => Below(Path.Combine(directories.VolumesOf(podUid), Plugin));

    /// <summary>Directories of records of all pods.</summary>
    public IEnumerable<string> AllRecords() => Below(directories.Root).SelectMany(pod => RecordsOf(Path.GetFileName(pod)));

    private static IEnumerable<string> Below(string directory) => Directory.Exists(directory) ? Directory.EnumerateDirectories(directory) : [];
}
