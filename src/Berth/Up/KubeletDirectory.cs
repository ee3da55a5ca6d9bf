using Berth.Instance;
using Berth.Linux.Mounts;

namespace Berth.Up;

/// <summary>
/// The directory of the node agent that CSI drivers, device plugins and monitors know: Kubernetes' own for the machine's one
/// Berth, one within the data directory for others, and beside a kubelet, whose pods must not be taken for ours.
/// </summary>
internal static class KubeletDirectory
{
    private const string Usual = "/var/lib/kubelet";

    // What Berth puts there. The rest is plugins' own.
    private static readonly string[] s_ours = ["pods", "plugins/kubernetes.io", "plugins_registry", "device-plugins", "pod-resources"];

    public static string Of(string dataDirectory) =>
        dataDirectory == DataDirectory.Default && !HasKubelet ? Usual : Path.Combine(dataDirectory, "kubelet");

    private static bool HasKubelet => File.Exists(Path.Combine(Usual, "config.yaml")) || Directory.Exists(Path.Combine(Usual, "pki"));

    /// <summary>Unmounts and removes what Berth left outside its data directory.</summary>
    public static void Purge(string dataDirectory)
    {
        if (Of(dataDirectory) != Usual)
            return;
        foreach (var path in s_ours.Select(p => Path.Combine(Usual, p)).Where(Directory.Exists))
        {
            Mount.UnmountAllUnder(path);
            Directory.Delete(path, recursive: true);
        }
    }
}
