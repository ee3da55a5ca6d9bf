using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of a pod's volumes.</summary>
internal static class VolumeRules
{
    private const string FileMode = "must be a number between 0 and 0777 (octal), both inclusive";
    private const string OneType = "may not specify more than 1 volume type";

    /// <returns>The volumes without fault, by name: mounts may use only these.</returns>
    public static Dictionary<string, Volume> Validate(FieldErrors errors, FieldPath path, ApiList<Volume> volumes, ObjectMeta? pod, bool isPod)
    {
        var valid = new Dictionary<string, Volume>();
        var made = pod is { Name.Length: > 0 }
            ? volumes.Where(v => v.Ephemeral is not null).Select(v => $"{pod.Name}-{v.Name}").ToHashSet()
            : [];
        for (var i = 0; i < volumes.Count; i++)
        {
            var (volume, at) = (volumes[i], path[i]);
            var before = errors.Causes.Count;
            Source(errors, at, volume, pod, isPod);
            if (volume.Name.Length == 0)
                errors.Required(at["name"]);
            else
                errors.Invalid(at["name"], volume.Name, NameSyntax.DnsLabel(volume.Name));
            if (valid.ContainsKey(volume.Name))
                errors.Duplicate(at["name"], volume.Name);
            if (errors.Causes.Count == before)
                valid[volume.Name] = volume;
            if (volume.PersistentVolumeClaim is { } claim && made.Contains(claim.ClaimName))
                errors.Invalid(at["persistentVolumeClaim"]["claimName"], claim.ClaimName, "must not reference a PVC that gets created for an ephemeral volume");
        }

        return valid;
    }

    public static void HostPath(FieldErrors errors, FieldPath path, HostPathVolumeSource source)
    {
        if (source.Path.Length == 0)
        {
            errors.Required(path["path"]);
            return;
        }

        PathRules.NoBacksteps(errors, path["path"], source.Path);
        if (source.Type is { } type)
            BasicRules.OneOf(errors, path["type"], type, "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
    }

    public static void Nfs(FieldErrors errors, FieldPath path, NFSVolumeSource source)
    {
        if (source.Server.Length == 0)
            errors.Required(path["server"]);
        if (source.Path.Length == 0)
            errors.Required(path["path"]);
        else if (source.Path[0] != '/')
            errors.Invalid(path["path"], source.Path, "must be an absolute path");
    }

    public static void Mode(FieldErrors errors, FieldPath path, int? mode)
    {
        if (mode is < 0 or > 511)
            errors.Invalid(path, mode, FileMode);
    }

    public static void KeyToPath(FieldErrors errors, FieldPath path, KeyToPath item)
    {
        if (item.Key.Length == 0)
            errors.Required(path["key"]);
        if (item.Path.Length == 0)
            errors.Required(path["path"]);
        PathRules.LocalNonReserved(errors, path["path"], item.Path);
        Mode(errors, path["mode"], item.Mode);
    }

    public static void DownwardFile(FieldErrors errors, FieldPath path, DownwardAPIVolumeFile file)
    {
        if (file.Path.Length == 0)
            errors.Required(path["path"]);
        PathRules.LocalNonReserved(errors, path["path"], file.Path);
        if (file.FieldRef is { } field)
        {
            EnvRules.Field(errors, path["fieldRef"], field, EnvRules.VolumeFields);
            if (file.ResourceFieldRef is not null)
                errors.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
        else if (file.ResourceFieldRef is { } resource)
        {
            EnvRules.Resource(errors, path["resourceFieldRef"], resource, needsContainer: true);
        }
        else
        {
            errors.Required(path, "one of fieldRef and resourceFieldRef is required");
        }

        Mode(errors, path["mode"], file.Mode);
    }

    private static void Source(FieldErrors errors, FieldPath path, Volume volume, ObjectMeta? pod, bool isPod)
    {
        var one = new Sources(errors, path);
        one.One("emptyDir", volume.EmptyDir, (at, v) =>
        {
            if (v.SizeLimit is { IsNegative: true })
                errors.Forbidden(at["sizeLimit"], "SizeLimit field must be a valid resource quantity");
        });
        one.One("hostPath", volume.HostPath, (at, v) => HostPath(errors, at, v));
        one.One("secret", volume.Secret, (at, v) =>
        {
            if (v.SecretName.Length == 0)
                errors.Required(at["secretName"]);
            Mode(errors, at["defaultMode"], v.DefaultMode);
            Items(errors, at["items"], v.Items);
        });
        one.One("nfs", volume.Nfs, (at, v) => Nfs(errors, at, v));
        one.One("persistentVolumeClaim", volume.PersistentVolumeClaim, (at, v) =>
        {
            if (v.ClaimName.Length == 0)
                errors.Required(at["claimName"]);
        });
        one.One("downwardAPI", volume.DownwardAPI, (at, v) =>
        {
            Mode(errors, at["defaultMode"], v.DefaultMode);
            foreach (var file in v.Items)
                DownwardFile(errors, at, file);
        });
        one.One("configMap", volume.ConfigMap, (at, v) =>
        {
            if (v.Name.Length == 0)
                errors.Required(at["name"]);
            Mode(errors, at["defaultMode"], v.DefaultMode);
            Items(errors, at["items"], v.Items);
        });
        one.One("projected", volume.Projected, (at, v) => ProjectedVolumeRules.Validate(errors, at, v));
        one.One("csi", volume.Csi, (at, v) =>
        {
            DriverName(errors, at["driver"], v.Driver);
            if (v.NodePublishSecretRef is { } secret)
            {
                if (secret.Name.Length == 0)
                    errors.Required(at["nodePublishSecretRef"]["name"]);
                else
                    errors.Invalid(at["name"], secret.Name, NameSyntax.DnsSubdomain(secret.Name));
            }
        });
        one.One("ephemeral", volume.Ephemeral, (at, v) =>
        {
            if (v.VolumeClaimTemplate is not { } claim)
            {
                errors.Required(at["volumeClaimTemplate"]);
                return;
            }

            MetadataRules.LabelsAndAnnotations(errors, at["volumeClaimTemplate"]["metadata"], claim.Metadata);
            ClaimRules.Spec(errors, at["volumeClaimTemplate"]["spec"], claim.Spec);
            if (pod is { Name.Length: > 0 } && volume.Name.Length > 0)
            {
                var name = $"{pod.Name}-{volume.Name}";
                foreach (var problem in NameSyntax.DnsSubdomain(name))
                    errors.Invalid((string)path["name"], volume.Name, $"PVC name \"{name}\": {problem}");
            }
        });
        one.One("image", volume.Image, (at, v) =>
        {
            if (isPod && v.Reference.Length == 0)
                errors.Required(at["reference"]);
            BasicRules.RequiredOneOf(errors, at["pullPolicy"], v.PullPolicy, "Always", "IfNotPresent", "Never");
        });
        LegacyVolumeRules.Validate(errors, path, volume, one);
        if (!one.Any)
            errors.Required(path, "must specify a volume type");
    }

    private static void Items(FieldErrors errors, FieldPath path, ApiList<KeyToPath> items)
    {
        for (var i = 0; i < items.Count; i++)
            KeyToPath(errors, path[i], items[i]);
    }

    public static void DriverName(FieldErrors errors, FieldPath path, string name)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (name.Length > 63)
            errors.TooLong(path, 63);
        errors.Invalid(path, name, NameSyntax.DnsSubdomain(name.ToLowerInvariant()));
    }

    private sealed class Sources(FieldErrors errors, FieldPath path) : IVolumeSources
    {
        public bool Any { get; private set; }

        public void One<T>(string name, T? source, Action<FieldPath, T> rule)
            where T : class
        {
            if (source is null)
                return;
            if (Any)
                errors.Forbidden(path[name], OneType);
            else
                rule(path[name], source);
            Any = true;
        }
    }
}
