using System.Security.Cryptography;
using System.Text;
using Berth.Api.Core.V1;

namespace Berth.Resources.Volumes;

/// <summary>Names that the parties to a CSI volume derive alike: the attach controller, the driver's attacher and the node agent.</summary>
public static class CsiNames
{
    /// <summary>Name of the VolumeAttachment of a volume on a node.</summary>
    public static string Attachment(string handle, string driver, string nodeName) => "csi-" + Hash(handle + driver + nodeName);

    /// <summary>Handle of an inline volume, which has none of its own.</summary>
    public static string InlineHandle(string podUid, string volumeName) => "csi-" + Hash(podUid + volumeName);

    /// <summary>Directory name of a staged volume.</summary>
    public static string Staged(string handle) => Hash(handle);

    /// <summary>As it stands in a node's <c>volumesInUse</c> and <c>volumesAttached</c>.</summary>
    public static string Unique(string driver, string handle) => $"kubernetes.io/csi/{driver}^{handle}";

    public static string Unique(CSIPersistentVolumeSource source) => Unique(source.Driver, source.VolumeHandle);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
