using System.Globalization;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>Where a pod's files are on the node. The layout is that of Kubernetes' node agent, which log shippers know.</summary>
public sealed class PodDirectories(NodeAgentOptions options)
{
    public string Root => options.PodsDirectory;

    public string LogsRoot => options.LogsDirectory;

    public string Of(string uid) => Path.Combine(options.PodsDirectory, uid);

    public string VolumesOf(string uid) => Path.Combine(Of(uid), "volumes");

    public string SubPathsOf(string uid) => Path.Combine(Of(uid), "volume-subpaths");

    public string HostsFile(string uid) => Path.Combine(Of(uid), "etc-hosts");

    /// <summary>What a resized pod was granted.</summary>
    public string GrantedFile(string uid) => Path.Combine(Of(uid), "granted.json");

    /// <summary>One file per start of a container: what an earlier one wrote must not be read as a later one's.</summary>
    public string TerminationFile(string uid, string container, int attempt) =>
        Path.Combine(Of(uid), "containers", container, attempt.ToString(CultureInfo.InvariantCulture));

    public string LogsOf(Pod pod) => Path.Combine(options.LogsDirectory, $"{pod.Metadata.Namespace}_{pod.Metadata.Name}_{pod.Metadata.Uid}");

    /// <summary>Relative to <see cref="LogsOf"/>.</summary>
    public static string LogPath(string container, int attempt) => $"{container}/{attempt.ToString(CultureInfo.InvariantCulture)}.log";
}
