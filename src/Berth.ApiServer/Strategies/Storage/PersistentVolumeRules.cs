using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Storage;

/// <summary>Rules of persistent volume specs.</summary>
internal static class PersistentVolumeRules
{
    public static void Validate(FieldErrors errors, FieldPath path, PersistentVolumeSpec spec)
    {
        if (spec.AccessModes.IsEmpty)
            errors.Required(path["accessModes"]);
        ClaimRules.AccessModes(errors, path["accessModes"], spec.AccessModes);
        if (spec.Capacity.IsEmpty)
            errors.Required(path["capacity"]);
        if (!spec.Capacity.ContainsKey("storage") || spec.Capacity.Count > 1)
            errors.NotSupported(path["capacity"], spec.Capacity, "storage");
        foreach (var (name, quantity) in spec.Capacity)
        {
            if (quantity <= Quantity.Zero)
                errors.Invalid(path["capacity"].Key(name), quantity, "must be greater than zero");
        }

        if (spec.PersistentVolumeReclaimPolicy.Length > 0)
            BasicRules.OneOf(errors, path["persistentVolumeReclaimPolicy"], spec.PersistentVolumeReclaimPolicy, "Delete", "Recycle", "Retain");
        if (spec.NodeAffinity is { Required: { } required })
            SelectorRules.Node(errors, path["nodeAffinity"]["required"], required);
        else if (spec.NodeAffinity is not null)
            errors.Required(path["nodeAffinity"]["required"], "must specify required node constraints");
        Sources(errors, path, spec);
        if (spec.StorageClassName.Length > 0)
            errors.Invalid(path["storageClassName"], spec.StorageClassName, NameSyntax.DnsSubdomain(spec.StorageClassName));
        ClaimRules.VolumeMode(errors, path["volumeMode"], spec.VolumeMode);
        if (spec.VolumeAttributesClassName is not { } attributes)
            return;
        if (attributes.Length == 0)
            errors.Required(path["volumeAttributesClassName"], "an empty string is disallowed");
        else
            errors.Invalid(path["volumeAttributesClassName"], attributes, NameSyntax.DnsSubdomain(attributes));
        if (spec.Csi is null)
            errors.Required(path["csi"], "has to be specified when using volumeAttributesClassName");
    }

    /// <summary>True when the two name the same storage; a CSI volume may be given the secret for its growth later.</summary>
    public static bool SameSource(PersistentVolumeSpec value, PersistentVolumeSpec old)
    {
        if (old.Csi is { ControllerExpandSecretRef: null } && value.Csi is { ControllerExpandSecretRef: not null } csi)
            value = value with { Csi = csi with { ControllerExpandSecretRef = null } };
        return Source(value) == Source(old);
    }

    // What is left of a spec when all that is not its source is taken away.
    private static PersistentVolumeSpec Source(PersistentVolumeSpec spec) => spec with
    {
        Capacity = [],
        AccessModes = [],
        ClaimRef = null,
        PersistentVolumeReclaimPolicy = "",
        StorageClassName = "",
        MountOptions = [],
        VolumeMode = null,
        NodeAffinity = null,
        VolumeAttributesClassName = null,
    };

    private static void Sources(FieldErrors errors, FieldPath path, PersistentVolumeSpec spec)
    {
        var any = false;
        One("hostPath", spec.HostPath, (at, v) =>
        {
            VolumeRules.HostPath(errors, at, v);
            if (v.Path.TrimEnd('/').Length == 0 && v.Path.Length > 0 && spec.PersistentVolumeReclaimPolicy == "Recycle")
                errors.Forbidden(path["persistentVolumeReclaimPolicy"], "may not be 'recycle' for a hostPath mount of '/'");
        });
        One("gcePersistentDisk", spec.GcePersistentDisk, (at, v) => Need(path["persistentDisk"]["pdName"], v.PdName));
        One("awsElasticBlockStore", spec.AwsElasticBlockStore, (at, v) => Need(at["volumeID"], v.VolumeID));
        One("glusterfs", spec.Glusterfs, (at, v) => Need(at["path"], v.Path));
        One("flocker", spec.Flocker, (_, _) => { });
        One("nfs", spec.Nfs, (at, v) => VolumeRules.Nfs(errors, at, v));
        One("rbd", spec.Rbd, (at, v) => Need(at["image"], v.Image));
        One("quobyte", spec.Quobyte, (at, v) => Need(at["volume"], v.Volume));
        One("cephfs", spec.Cephfs, (_, _) => { });
        One("iscsi", spec.Iscsi, (at, v) =>
        {
            Need(at["targetPortal"], v.TargetPortal);
            Need(at["iqn"], v.Iqn);
        });
        One("cinder", spec.Cinder, (at, v) => Need(at["volumeID"], v.VolumeID));
        One("fc", spec.Fc, (_, _) => { });
        One("flexVolume", spec.FlexVolume, (at, v) => Need(at["driver"], v.Driver));
        One("azureFile", spec.AzureFile, (at, v) => Need(at["shareName"], v.ShareName));
        One("vsphereVolume", spec.VsphereVolume, (at, v) => Need(at["volumePath"], v.VolumePath));
        One("photonPersistentDisk", spec.PhotonPersistentDisk, (at, v) => Need(at["pdID"], v.PdID));
        One("portworxVolume", spec.PortworxVolume, (at, v) => Need(at["volumeID"], v.VolumeID));
        One("azureDisk", spec.AzureDisk, (at, v) => Need(at["diskName"], v.DiskName));
        One("scaleIO", spec.ScaleIO, (at, v) => Need(at["gateway"], v.Gateway));
        One("local", spec.Local, (at, v) =>
        {
            if (v.Path.Length == 0)
                errors.Required(at["path"]);
            else
                PathRules.NoBacksteps(errors, at["path"], v.Path);
            if (spec.NodeAffinity is null)
                errors.Required(path["nodeAffinity"], "Local volume requires node affinity");
        });
        One("storageos", spec.Storageos, (_, _) => { });
        One("csi", spec.Csi, (at, v) =>
        {
            VolumeRules.DriverName(errors, at["driver"], v.Driver);
            Need(at["volumeHandle"], v.VolumeHandle);
        });
        if (!any)
            errors.Required(path, "must specify a volume type");

        void One<T>(string name, T? source, Action<FieldPath, T> rule)
            where T : class
        {
            if (source is null)
                return;
            if (any)
                errors.Forbidden(path[name], "may not specify more than 1 volume type");
            else
                rule(path[name], source);
            any = true;
        }

        void Need(FieldPath at, string value)
        {
            if (value.Length == 0)
                errors.Required(at);
        }
    }
}
