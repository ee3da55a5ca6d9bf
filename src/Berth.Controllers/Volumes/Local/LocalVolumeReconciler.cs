using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes.Local;

/// <summary>What the local provisioner makes of a claim. Pure.</summary>
public static class LocalVolumeReconciler
{
    private const string Hostname = "kubernetes.io/hostname";

    /// <summary>Why no node's directory can ever serve the claim; null when one can.</summary>
    public static string? Unsupported(PersistentVolumeClaim claim, StorageClass storage)
    {
        var spec = claim.Spec;
        if (spec.VolumeMode == "Block")
            return "volumeMode Block is not supported by local.berth.dev, whose volumes are directories: use a CSI driver for block devices";
        if (spec.AccessModes.FirstOrDefault(m => m is not ("ReadWriteOnce" or "ReadWriteOncePod")) is { } mode)
            return $"access mode {mode} is not supported by local.berth.dev, whose volumes are on one node each: ask for ReadWriteOnce or ReadWriteOncePod, or use a CSI driver of shared storage";
        if (spec.Selector is not null)
            return "claim.spec.selector is not supported for volumes that are made on demand";
        if (spec.DataSource is not null || spec.DataSourceRef is not null)
            return "dataSource is not supported by local.berth.dev: it makes empty volumes only";
        if (!storage.MountOptions.IsEmpty)
            return $"storage class \"{storage.Metadata.Name}\" has mountOptions, which directories cannot honour";
        if (storage.Parameters.Keys.FirstOrDefault() is { } parameter)
            return $"storage class \"{storage.Metadata.Name}\" has the parameter \"{parameter}\", which local.berth.dev does not know";
        return spec.Resources.Requests.GetOr("storage") > Quantity.Zero ? null : "the claim asks for no storage";
    }

    /// <summary>Bytes that the node's volumes may have together; null when the node keeps none.</summary>
    public static long? CapacityOf(Node node) =>
        node.Metadata.Annotations.GetOr(LocalStorage.CapacityAnnotation) is { } text && Quantity.TryParse(text, out var capacity)
        && node.Metadata.Annotations.ContainsKey(LocalStorage.PathAnnotation)
            ? capacity.Value
            : null;

    /// <summary>Bytes promised to volumes, those being deleted included: their files are still there.</summary>
    public static long PromisedOn(string nodeName, IEnumerable<PersistentVolume> volumes) =>
        volumes.Where(v => IsOn(v, nodeName)).Sum(v => VolumeMatch.Capacity(v).Value);

    public static bool IsOn(PersistentVolume volume, string nodeName) =>
        LocalStorage.Made(volume) && volume.Metadata.Annotations.GetOr(LocalStorage.NodeName) == nodeName;

    public static string NameOf(PersistentVolumeClaim claim) => "pvc-" + claim.Metadata.Uid;

    public static PersistentVolume Make(PersistentVolumeClaim claim, StorageClass storage, Node node)
    {
        var name = NameOf(claim);
        return new PersistentVolume
        {
            Metadata = new()
            {
                Name = name,
                Labels = ApiMap.Of((LocalStorage.NodeLabel, LocalStorage.NodeLabelValue(node.Metadata.Name))),
                Annotations = ApiMap.Of(
                    (VolumeNames.ProvisionedBy, LocalStorage.Driver),
                    (LocalStorage.NodeName, node.Metadata.Name),
                    (LocalStorage.LimitsAnnotation, node.Metadata.Annotations.GetOr(LocalStorage.LimitsAnnotation, "")!)),
                Finalizers = [LocalStorage.FilesFinalizer],
            },
            Spec = new PersistentVolumeSpec
            {
                Capacity = ApiMap<Quantity>.Empty.With("storage", claim.Spec.Resources.Requests["storage"]),
                AccessModes = claim.Spec.AccessModes,
                PersistentVolumeReclaimPolicy = storage.ReclaimPolicy ?? "Delete",
                StorageClassName = storage.Metadata.Name,
                VolumeMode = "Filesystem",
                Local = new LocalVolumeSource { Path = Path.Combine(node.Metadata.Annotations[LocalStorage.PathAnnotation], name) },
                ClaimRef = new ObjectReference
                {
                    ApiVersion = "v1",
                    Kind = "PersistentVolumeClaim",
                    Namespace = claim.Metadata.Namespace,
                    Name = claim.Metadata.Name,
                    Uid = claim.Metadata.Uid,
                    ResourceVersion = claim.Metadata.ResourceVersion,
                },
                NodeAffinity = new VolumeNodeAffinity
                {
                    Required = new NodeSelector
                    {
                        NodeSelectorTerms =
                        [
                            new NodeSelectorTerm
                            {
                                MatchExpressions = [new NodeSelectorRequirement { Key = Hostname, Operator = "In", Values = [node.Metadata.Labels.GetOr(Hostname, node.Metadata.Name)!] }],
                            },
                        ],
                    },
                },
            },
        };
    }
}
