using System.Security.Cryptography;
using System.Text;
using Berth.Api.Core.V1;

namespace Berth.Resources.Volumes;

/// <summary>
/// Names by which the built-in local provisioner's two halves speak to each other: the controller, which makes volumes as
/// objects and reckons with room, and the node agents, which keep the directories.
/// </summary>
/// <remarks>
/// A node tells where its volumes are and how much they may have together in annotations of its Node. The controller makes
/// volumes with a label that names the node, by which the node finds them, and a finalizer, which the node takes away once
/// the directory is gone.
/// </remarks>
public static class LocalStorage
{
    /// <summary>Provisioner, and name of the CSIDriver that turns the scheduler's check of room on.</summary>
    public const string Driver = "local.berth.dev";

    /// <summary>Name of the class that a new cluster begins with, as its default.</summary>
    public const string ClassName = "berth-local";

    /// <summary>Label of volumes; see <see cref="NodeLabelValue"/>.</summary>
    public const string NodeLabel = "local.berth.dev/node";

    /// <summary>Annotation of volumes: the node's full name.</summary>
    public const string NodeName = "local.berth.dev/node-name";

    /// <summary>Of volumes: the directory is still there.</summary>
    public const string FilesFinalizer = "local.berth.dev/files";

    /// <summary>Annotation of nodes: directory of the volumes.</summary>
    public const string PathAnnotation = "local.berth.dev/path";

    /// <summary>Annotation of nodes: what all volumes together may have, a quantity.</summary>
    public const string CapacityAnnotation = "local.berth.dev/capacity";

    /// <summary>Annotation of nodes and volumes: how a volume is kept to its size; <see cref="LimitedByQuota"/>, or why it is not.</summary>
    public const string LimitsAnnotation = "local.berth.dev/limits";

    public const string LimitedByQuota = "project-quota";

    /// <summary>A node's name as a label's value, which must be short: long names are replaced by their hash.</summary>
    public static string NodeLabelValue(string nodeName) =>
        nodeName.Length <= 63 ? nodeName : "sha256-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(nodeName)))[..40];

    public static bool Made(PersistentVolume volume) =>
        volume.Metadata.Annotations.GetOr(VolumeNames.ProvisionedBy) == Driver && volume.Metadata.Labels.ContainsKey(NodeLabel);
}
