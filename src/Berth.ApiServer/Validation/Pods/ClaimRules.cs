using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of the specs of persistent volume claims.</summary>
internal static class ClaimRules
{
    private static readonly string[] s_accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    public static void Spec(FieldErrors errors, FieldPath path, PersistentVolumeClaimSpec spec)
    {
        if (spec.AccessModes.IsEmpty)
            errors.Required(path["accessModes"], "at least 1 access mode is required");
        SelectorRules.Label(errors, path["selector"], spec.Selector);
        AccessModes(errors, path["accessModes"], spec.AccessModes);
        var size = path["resources"].Key("storage");
        if (!spec.Resources.Requests.TryGetValue("storage", out var storage))
            errors.Required(size);
        else if (storage <= Quantity.Zero)
            errors.Invalid(size, storage, "must be greater than zero");
        Class(errors, path["storageClassName"], spec.StorageClassName);
        VolumeMode(errors, path["volumeMode"], spec.VolumeMode);
        if (spec.DataSource is { } source)
            Source(errors, path["dataSource"], source.ApiGroup, source.Kind, source.Name);
        if (spec.DataSourceRef is { } reference)
        {
            Source(errors, path["dataSourceRef"], reference.ApiGroup, reference.Kind, reference.Name);
            if (reference.Namespace is { Length: > 0 } ns)
                errors.Invalid(path["dataSourceRef"]["namespace"], ns, NameSyntax.DnsLabel(ns));
        }

        Class(errors, path["volumeAttributesClassName"], spec.VolumeAttributesClassName);
    }

    public static void AccessModes(FieldErrors errors, FieldPath path, ApiList<string> modes)
    {
        foreach (var mode in modes)
            BasicRules.OneOf(errors, path, mode, s_accessModes);
        if (modes.Contains("ReadWriteOncePod") && modes.Any(m => m != "ReadWriteOncePod" && s_accessModes.Contains(m)))
            errors.Forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }

    public static void VolumeMode(FieldErrors errors, FieldPath path, string? mode)
    {
        if (mode is not null)
            BasicRules.OneOf(errors, path, mode, "Block", "Filesystem");
    }

    private static void Class(FieldErrors errors, FieldPath path, string? name)
    {
        if (!string.IsNullOrEmpty(name))
            errors.Invalid(path, name, NameSyntax.DnsSubdomain(name));
    }

    private static void Source(FieldErrors errors, FieldPath path, string? group, string kind, string name)
    {
        if (name.Length == 0)
            errors.Required(path["name"]);
        if (kind.Length == 0)
            errors.Required(path["kind"]);
        if (string.IsNullOrEmpty(group) && kind != "PersistentVolumeClaim")
            errors.Invalid(path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        else if (!string.IsNullOrEmpty(group))
            errors.Invalid(path["apiGroup"], group, NameSyntax.DnsSubdomain(group));
    }
}
