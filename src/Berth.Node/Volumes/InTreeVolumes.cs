using Berth.Api.Core.V1;

namespace Berth.Node.Volumes;

/// <summary>Volume types of old that Kubernetes gave to CSI drivers or dropped: what to use in their place.</summary>
public static class InTreeVolumes
{
    /// <summary>What to tell of a pod's own volume; null for a type that is none of these.</summary>
    public static string? Advice(Volume v) =>
        Advice(v.Nfs is not null, "nfs", "nfs.csi.k8s.io")
        ?? Advice(v.Iscsi is not null, "iscsi", "iscsi.csi.k8s.io")
        ?? Advice(v.Fc is not null, "fc", null)
        ?? Advice(v.AwsElasticBlockStore is not null, "awsElasticBlockStore", "ebs.csi.aws.com")
        ?? Advice(v.GcePersistentDisk is not null, "gcePersistentDisk", "pd.csi.storage.gke.io")
        ?? Advice(v.AzureDisk is not null, "azureDisk", "disk.csi.azure.com")
        ?? Advice(v.AzureFile is not null, "azureFile", "file.csi.azure.com")
        ?? Advice(v.VsphereVolume is not null, "vsphereVolume", "csi.vsphere.vmware.com")
        ?? Advice(v.Cinder is not null, "cinder", "cinder.csi.openstack.org")
        ?? Advice(v.PortworxVolume is not null, "portworxVolume", "pxd.portworx.com")
        ?? Advice(v.Cephfs is not null, "cephfs", "cephfs.csi.ceph.com")
        ?? Advice(v.Rbd is not null, "rbd", "rbd.csi.ceph.com")
        ?? Advice(v.FlexVolume is not null || v.Glusterfs is not null || v.Quobyte is not null || v.Storageos is not null || v.ScaleIO is not null || v.Flocker is not null || v.PhotonPersistentDisk is not null, "of this kind", null)
        ?? (v.GitRepo is not null ? "volume type \"gitRepo\" is switched off, as in Kubernetes: clone the repository in an init container into an emptyDir" : null);

    /// <summary>What to tell of a PersistentVolume.</summary>
    public static string? Advice(PersistentVolumeSpec v) =>
        Advice(v.Nfs is not null, "nfs", "nfs.csi.k8s.io")
        ?? Advice(v.Iscsi is not null, "iscsi", "iscsi.csi.k8s.io")
        ?? Advice(v.Fc is not null, "fc", null)
        ?? Advice(v.AwsElasticBlockStore is not null, "awsElasticBlockStore", "ebs.csi.aws.com")
        ?? Advice(v.GcePersistentDisk is not null, "gcePersistentDisk", "pd.csi.storage.gke.io")
        ?? Advice(v.AzureDisk is not null, "azureDisk", "disk.csi.azure.com")
        ?? Advice(v.AzureFile is not null, "azureFile", "file.csi.azure.com")
        ?? Advice(v.VsphereVolume is not null, "vsphereVolume", "csi.vsphere.vmware.com")
        ?? Advice(v.Cinder is not null, "cinder", "cinder.csi.openstack.org")
        ?? Advice(v.PortworxVolume is not null, "portworxVolume", "pxd.portworx.com")
        ?? Advice(v.Cephfs is not null, "cephfs", "cephfs.csi.ceph.com")
        ?? Advice(v.Rbd is not null, "rbd", "rbd.csi.ceph.com")
        ?? Advice(v.FlexVolume is not null || v.Glusterfs is not null || v.Quobyte is not null || v.Storageos is not null || v.ScaleIO is not null || v.Flocker is not null || v.PhotonPersistentDisk is not null, "of this kind", null);

    private static string? Advice(bool asked, string type, string? driver) => !asked
        ? null
        : driver is null
            ? $"volume type \"{type}\" is not built in: use the storage system's CSI driver"
            : $"volume type \"{type}\" is not built in: use a CSI driver, such as {driver}, and a PersistentVolume with a csi source";
}
