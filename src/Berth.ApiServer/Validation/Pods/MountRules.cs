using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of what a container mounts, as file systems and as block devices.</summary>
internal static class MountRules
{
    public static void Mounts(FieldErrors errors, FieldPath path, Container container, IReadOnlyDictionary<string, Volume> volumes)
    {
        var paths = new HashSet<string>();
        for (var i = 0; i < container.VolumeMounts.Count; i++)
        {
            var (mount, at) = (container.VolumeMounts[i], path[i]);
            if (mount.Name.Length == 0)
                errors.Required(at["name"]);
            if (!volumes.ContainsKey(mount.Name))
                errors.NotFound(at["name"], mount.Name);
            if (mount.MountPath.Length == 0)
                errors.Required(at["mountPath"]);
            if (!paths.Add(mount.MountPath))
                errors.Invalid(at["mountPath"], mount.MountPath, "must be unique");
            if (container.VolumeDevices.Any(d => d.Name == mount.Name))
                errors.Invalid(at["name"], mount.Name, "must not already exist in volumeDevices");
            if (container.VolumeDevices.Any(d => d.DevicePath == mount.MountPath))
                errors.Invalid(at["mountPath"], mount.MountPath, "must not already exist as a path in volumeDevices");

            // Kubernetes reports these three at the list, not at the mount.
            if (mount.SubPath.Length > 0)
                PathRules.LocalDescending(errors, path["subPath"], mount.SubPath);
            if (mount.SubPathExpr.Length > 0)
            {
                if (mount.SubPath.Length > 0)
                    errors.Invalid(at["subPathExpr"], mount.SubPathExpr, "subPathExpr and subPath are mutually exclusive");
                PathRules.LocalDescending(errors, path["subPathExpr"], mount.SubPathExpr);
            }

            Propagation(errors, path["mountPropagation"], mount.MountPropagation, container);
            RecursiveReadOnly(errors, path["recursiveReadOnly"], mount);
        }
    }

    public static void Devices(FieldErrors errors, FieldPath path, Container container, IReadOnlyDictionary<string, Volume> volumes)
    {
        var (paths, names) = (new HashSet<string>(), new HashSet<string>());
        for (var i = 0; i < container.VolumeDevices.Count; i++)
        {
            var (device, at) = (container.VolumeDevices[i], path[i]);
            if (device.Name.Length == 0)
                errors.Required(at["name"]);
            if (device.Name.Length > 0 && !names.Add(device.Name))
                errors.Invalid(at["name"], device.Name, "must be unique");
            if (!volumes.TryGetValue(device.Name, out var volume))
                errors.NotFound(at["name"], device.Name);
            else if (volume is { PersistentVolumeClaim: null, Ephemeral: null })
                errors.Invalid(at["name"], device.Name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            if (device.DevicePath.Length == 0)
                errors.Required(at["devicePath"]);
            if (paths.Contains(device.DevicePath))
                errors.Invalid(at["devicePath"], device.DevicePath, "must be unique");
            if (PathRules.HasBackstep(device.DevicePath))
                errors.Invalid(at["devicePath"], device.DevicePath, "can not contain backsteps ('..')");
            else
                paths.Add(device.DevicePath);
            if (container.VolumeMounts.Any(m => m.Name == device.Name))
                errors.Invalid(at["name"], device.Name, "must not already exist in volumeMounts");
            if (container.VolumeMounts.Any(m => m.MountPath == device.DevicePath))
                errors.Invalid(at["devicePath"], device.DevicePath, "must not already exist as a path in volumeMounts");
        }
    }

    private static void Propagation(FieldErrors errors, FieldPath path, string? propagation, Container container)
    {
        if (propagation is null)
            return;
        BasicRules.OneOf(errors, path, propagation, "Bidirectional", "HostToContainer", "None");
        if (propagation == "Bidirectional" && container.SecurityContext?.Privileged != true)
            errors.Forbidden(path, "Bidirectional mount propagation is available only to privileged containers");
    }

    private static void RecursiveReadOnly(FieldErrors errors, FieldPath path, VolumeMount mount)
    {
        if (mount.RecursiveReadOnly is not { } value)
            return;
        BasicRules.OneOf(errors, path, value, "Disabled", "Enabled", "IfPossible");
        if (value is not ("Enabled" or "IfPossible"))
            return;
        if (!mount.ReadOnly)
            errors.Forbidden(path, "may only be specified when readOnly is true");
        if (mount.MountPropagation is not (null or "None"))
            errors.Forbidden(path, "may only be specified when mountPropagation is None or not specified");
    }
}
