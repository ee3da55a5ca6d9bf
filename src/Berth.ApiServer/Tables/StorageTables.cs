using Berth.Api.Core.V1;
using Berth.Api.Schema;
using Berth.Api.Storage.V1;
using static Berth.ApiServer.Tables.Columns;

namespace Berth.ApiServer.Tables;

/// <summary>Tables of volumes and what provides them.</summary>
internal static class StorageTables
{
    private const string DefaultClass = "storageclass.kubernetes.io/is-default-class";

    public static IReadOnlyList<KeyValuePair<KindInfo, KindTable>> Rows { get; } =
    [
        Table<PersistentVolume>(
            Name<PersistentVolume>(),
            Column<PersistentVolume>("Capacity", v => v.Spec.Capacity.TryGetValue("storage", out var size) ? size.ToString() : ""),
            Column<PersistentVolume>("Access Modes", v => Modes(v.Spec.AccessModes)),
            Column<PersistentVolume>("Reclaim Policy", v => v.Spec.PersistentVolumeReclaimPolicy),
            Column<PersistentVolume>("Status", v => v.Metadata.DeletionTimestamp is null ? v.Status.Phase : "Terminating"),
            Column<PersistentVolume>("Claim", v => v.Spec.ClaimRef is { } claim ? $"{claim.Namespace}/{claim.Name}" : ""),
            Column<PersistentVolume>("StorageClass", v => v.Spec.StorageClassName),
            Column<PersistentVolume>("VolumeAttributesClass", v => v.Spec.VolumeAttributesClassName ?? TableCell.Unset),
            Column<PersistentVolume>("Reason", v => v.Status.Reason),
            Age<PersistentVolume>(),
            Wide<PersistentVolume>("VolumeMode", v => v.Spec.VolumeMode ?? TableCell.Unset)),
        Table<PersistentVolumeClaim>(
            Name<PersistentVolumeClaim>(),
            Column<PersistentVolumeClaim>("Status", c => c.Metadata.DeletionTimestamp is null ? c.Status.Phase : "Terminating"),
            Column<PersistentVolumeClaim>("Volume", c => c.Spec.VolumeName),
            Column<PersistentVolumeClaim>("Capacity", c => c.Spec.VolumeName.Length > 0 && c.Status.Capacity.TryGetValue("storage", out var size) ? size.ToString() : ""),
            Column<PersistentVolumeClaim>("Access Modes", c => c.Spec.VolumeName.Length > 0 ? Modes(c.Status.AccessModes) : ""),
            Column<PersistentVolumeClaim>("StorageClass", c => c.Spec.StorageClassName ?? ""),
            Column<PersistentVolumeClaim>("VolumeAttributesClass", c => c.Spec.VolumeAttributesClassName ?? TableCell.Unset),
            Age<PersistentVolumeClaim>(),
            Wide<PersistentVolumeClaim>("VolumeMode", c => c.Spec.VolumeMode ?? TableCell.Unset)),
        Table<StorageClass>(
            new(new() { Name = "Name", Type = "string", Format = "name" }, (c, _) => c.Metadata.Annotations.GetOr(DefaultClass) == "true" ? c.Metadata.Name + " (default)" : c.Metadata.Name),
            Column<StorageClass>("Provisioner", c => c.Provisioner),
            Column<StorageClass>("ReclaimPolicy", c => c.ReclaimPolicy ?? "Delete"),
            Column<StorageClass>("VolumeBindingMode", c => c.VolumeBindingMode ?? TableCell.Unset),
            Column<StorageClass>("AllowVolumeExpansion", c => c.AllowVolumeExpansion == true ? "true" : "false"),
            Age<StorageClass>()),
        Table<VolumeAttributesClass>(Name<VolumeAttributesClass>(), Column<VolumeAttributesClass>("DriverName", c => c.DriverName), Age<VolumeAttributesClass>()),
        Table<VolumeAttachment>(
            Name<VolumeAttachment>(),
            Column<VolumeAttachment>("Attacher", a => a.Spec.Attacher),
            Column<VolumeAttachment>("PV", a => a.Spec.Source.PersistentVolumeName ?? ""),
            Column<VolumeAttachment>("Node", a => a.Spec.NodeName),
            Flag<VolumeAttachment>("Attached", a => a.Status.Attached),
            Age<VolumeAttachment>()),
        Table<CSINode>(Name<CSINode>(), Count<CSINode>("Drivers", n => n.Spec.Drivers.Count), Age<CSINode>()),
        Table<CSIDriver>(
            Name<CSIDriver>(),
            Flag<CSIDriver>("AttachRequired", d => d.Spec.AttachRequired ?? true),
            Flag<CSIDriver>("PodInfoOnMount", d => d.Spec.PodInfoOnMount ?? false),
            Flag<CSIDriver>("StorageCapacity", d => d.Spec.StorageCapacity ?? false),
            Column<CSIDriver>("TokenRequests", d => d.Spec.TokenRequests.IsEmpty ? TableCell.Unset : string.Join(",", d.Spec.TokenRequests.Select(t => t.Audience))),
            Flag<CSIDriver>("RequiresRepublish", d => d.Spec.RequiresRepublish ?? false),
            Column<CSIDriver>("Modes", d => TableCell.Join(d.Spec.VolumeLifecycleModes)),
            Age<CSIDriver>()),
    ];

    private static string Modes(IEnumerable<string> modes) => string.Join(",", modes.Select(m => m switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        _ => m,
    }));
}
