using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of the volume types of the time before CSI: no node of Berth mounts them, but the API still takes them.</summary>
internal static class LegacyVolumeRules
{
    public static void Validate(FieldErrors errors, FieldPath path, Volume volume, IVolumeSources one)
    {
        one.One("gitRepo", volume.GitRepo, (at, v) =>
        {
            Need(at["repository"], v.Repository);
            PathRules.LocalDescending(errors, at["directory"], v.Directory);
        });
        one.One("gcePersistentDisk", volume.GcePersistentDisk, (at, v) => Partition(path["persistentDisk"], "pdName", v.PdName, v.Partition));
        one.One("awsElasticBlockStore", volume.AwsElasticBlockStore, (at, v) => Partition(at, "volumeID", v.VolumeID, v.Partition));
        one.One("iscsi", volume.Iscsi, (at, v) =>
        {
            Need(at["targetPortal"], v.TargetPortal);
            Need(at["iqn"], v.Iqn);
            if (v.Iqn.Length > 0 && !v.Iqn.StartsWith("iqn", StringComparison.Ordinal) && !v.Iqn.StartsWith("eui", StringComparison.Ordinal) && !v.Iqn.StartsWith("naa", StringComparison.Ordinal))
                errors.Invalid(at["iqn"], v.Iqn, "must be valid format starting with iqn, eui, or naa");
            if (v.Lun is < 0 or > 255)
                errors.Invalid(at["lun"], v.Lun, NameSyntax.Range(0, 255));
            if ((v.ChapAuthDiscovery || v.ChapAuthSession) && v.SecretRef is null)
                errors.Required(at["secretRef"]);
        });
        one.One("glusterfs", volume.Glusterfs, (at, v) =>
        {
            Need(at["endpoints"], v.Endpoints);
            Need(at["path"], v.Path);
        });
        one.One("flocker", volume.Flocker, (at, v) =>
        {
            if (v.DatasetName.Length == 0 && v.DatasetUUID.Length == 0)
                errors.Required(at, "one of datasetName and datasetUUID is required");
            if (v.DatasetName.Length > 0 && v.DatasetUUID.Length > 0)
                errors.Invalid(at, "resource", "datasetName and datasetUUID can not be specified simultaneously");
            if (v.DatasetName.Contains('/', StringComparison.Ordinal))
                errors.Invalid(at["datasetName"], v.DatasetName, "must not contain '/'");
        });
        one.One("rbd", volume.Rbd, (at, v) =>
        {
            if (v.Monitors.IsEmpty)
                errors.Required(at["monitors"]);
            Need(at["image"], v.Image);
        });
        one.One("cinder", volume.Cinder, (at, v) =>
        {
            Need(at["volumeID"], v.VolumeID);
            if (v.SecretRef is { Name.Length: 0 })
                errors.Required(at["secretRef"]["name"]);
        });
        one.One("cephfs", volume.Cephfs, (at, v) =>
        {
            if (v.Monitors.IsEmpty)
                errors.Required(at["monitors"]);
        });
        one.One("quobyte", volume.Quobyte, (at, v) =>
        {
            if (v.Registry.Length == 0)
                errors.Required(at["registry"], "must be a host:port pair or multiple pairs separated by commas");
            Need(at["volume"], v.Volume);
        });
        one.One("fc", volume.Fc, (at, v) =>
        {
            if (v.TargetWWNs.IsEmpty && v.Wwids.IsEmpty)
                errors.Required(at["targetWWNs"], "must specify either targetWWNs or wwids, but not both");
            if (!v.TargetWWNs.IsEmpty && !v.Wwids.IsEmpty)
                errors.Invalid(at["targetWWNs"], v.TargetWWNs, "targetWWNs and wwids can not be specified simultaneously");
            if (!v.TargetWWNs.IsEmpty && v.Lun is null)
                errors.Required(at["lun"], "lun is required if targetWWNs is specified");
            else if (!v.TargetWWNs.IsEmpty && v.Lun is < 0 or > 255)
                errors.Invalid(at["lun"], v.Lun, NameSyntax.Range(0, 255));
        });
        one.One("flexVolume", volume.FlexVolume, (at, v) => Need(at["driver"], v.Driver));
        one.One("azureFile", volume.AzureFile, (at, v) =>
        {
            Need(at["secretName"], v.SecretName);
            Need(at["shareName"], v.ShareName);
        });
        one.One("vsphereVolume", volume.VsphereVolume, (at, v) => Need(at["volumePath"], v.VolumePath));
        one.One("photonPersistentDisk", volume.PhotonPersistentDisk, (at, v) => Need(at["pdID"], v.PdID));
        one.One("portworxVolume", volume.PortworxVolume, (at, v) => Need(at["volumeID"], v.VolumeID));
        one.One("azureDisk", volume.AzureDisk, (at, v) =>
        {
            Need(at["diskName"], v.DiskName);
            Need(at["diskURI"], v.DiskURI);
            if (v.CachingMode is { } caching)
                BasicRules.OneOf(errors, at["cachingMode"], caching, "None", "ReadOnly", "ReadWrite");
            if (v.Kind is { } kind)
                BasicRules.OneOf(errors, at["kind"], kind, "Dedicated", "Managed", "Shared");
        });
        one.One("storageos", volume.Storageos, (at, v) =>
        {
            if (v.VolumeName.Length == 0)
                errors.Required(at["volumeName"]);
            else
                errors.Invalid(at["volumeName"], v.VolumeName, NameSyntax.DnsLabel(v.VolumeName));
        });
        one.One("scaleIO", volume.ScaleIO, (at, v) =>
        {
            Need(at["gateway"], v.Gateway);
            Need(at["system"], v.System);
            Need(at["volumeName"], v.VolumeName);
        });

        void Need(FieldPath at, string value)
        {
            if (value.Length == 0)
                errors.Required(at);
        }

        void Partition(FieldPath at, string name, string value, int partition)
        {
            Need(at[name], value);
            if (partition is < 0 or > 255)
                errors.Invalid(at["partition"], partition, NameSyntax.Range(1, 255));
        }
    }
}

/// <summary>Sees each volume source that is set, and refuses all but the first.</summary>
internal interface IVolumeSources
{
    void One<T>(string name, T? source, Action<FieldPath, T> rule)
        where T : class;
}
