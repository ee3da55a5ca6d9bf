using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Validation.Pods;

/// <summary>Rules of environment variables and of references to a pod's own fields.</summary>
internal static class EnvRules
{
    private static readonly string[] s_resources =
        ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];

    private static readonly string[] s_sizes = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

    // All fields that the downward API knows; which of them may be used depends on where.
    private static readonly string[] s_known =
    [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.restartPolicy",
        "spec.serviceAccountName", "spec.schedulerName", "status.phase", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    public static string[] VolumeFields { get; } = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];

    private static string[] VariableFields { get; } =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
        "status.podIP", "status.podIPs",
    ];

    public static void Variables(FieldErrors errors, FieldPath path, ApiList<EnvVar> variables)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            var (variable, at) = (variables[i], path[i]);
            if (variable.Name.Length == 0)
                errors.Required(at["name"]);
            else
                errors.Invalid(at["name"], variable.Name, NameSyntax.EnvironmentVariable(variable.Name));
            if (variable.ValueFrom is { } source)
                Source(errors, at["valueFrom"], variable, source);
        }
    }

    public static void From(FieldErrors errors, FieldPath path, ApiList<EnvFromSource> sources)
    {
        for (var i = 0; i < sources.Count; i++)
        {
            var (source, at) = (sources[i], path[i]);
            if (source.Prefix.Length > 0)
                errors.Invalid(at["prefix"], source.Prefix, NameSyntax.EnvironmentVariable(source.Prefix));
            if (source.ConfigMapRef is { } map)
                Reference(at["configMapRef"], map.Name);
            if (source.SecretRef is { } secret)
                Reference(at["secretRef"], secret.Name);
            if (source is { ConfigMapRef: null, SecretRef: null })
                errors.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`");
            else if (source is { ConfigMapRef: not null, SecretRef: not null })
                errors.Invalid(path, "", "may not have more than one field specified at a time");
        }

        void Reference(FieldPath at, string name)
        {
            if (name.Length == 0)
                errors.Required(at["name"]);
            else
                errors.Invalid(at["name"], name, NameSyntax.DnsSubdomain(name.Length > 1 && name[^1] == '-' ? name[..^1] + "a" : name));
        }
    }

    /// <param name="allowed">Fields that may be named here. Labels and annotations may be named with a key in each place.</param>
    public static void Field(FieldErrors errors, FieldPath path, ObjectFieldSelector field, string[] allowed)
    {
        if (field.ApiVersion.Length == 0)
        {
            errors.Required(path["apiVersion"]);
            return;
        }

        if (field.FieldPath.Length == 0)
        {
            errors.Required(path["fieldPath"]);
            return;
        }

        var (name, key) = Split(field.FieldPath);
        if (field.ApiVersion != "v1")
        {
            errors.Invalid(path["fieldPath"], field.FieldPath, $"error converting fieldPath: unsupported pod version: {field.ApiVersion}");
        }
        else if (key is not null && name is not ("metadata.annotations" or "metadata.labels"))
        {
            if (s_known.Contains(name))
                errors.Invalid(path["fieldPath"], field.FieldPath, $"error converting fieldPath: field label does not support subscript: {field.FieldPath}");
            else
                errors.Invalid(path["fieldPath"], field.FieldPath, $"error converting fieldPath: field label not supported: {field.FieldPath}");
        }
        else if (key is not null)
        {
            errors.Invalid(path, name == "metadata.annotations" ? key.ToLowerInvariant() : key, NameSyntax.QualifiedName(name == "metadata.annotations" ? key.ToLowerInvariant() : key));
        }
        else if (!s_known.Contains(name))
        {
            errors.Invalid(path["fieldPath"], field.FieldPath, $"error converting fieldPath: field label not supported: {field.FieldPath}");
        }
        else if (!allowed.Contains(name))
        {
            errors.NotSupported(path["fieldPath"], name, allowed);
        }
    }

    public static void Resource(FieldErrors errors, FieldPath path, ResourceFieldSelector field, bool needsContainer)
    {
        var hugePages = field.Resource.StartsWith("limits.hugepages-", StringComparison.Ordinal) || field.Resource.StartsWith("requests.hugepages-", StringComparison.Ordinal);
        if (needsContainer && field.ContainerName.Length == 0)
            errors.Required(path["containerName"]);
        else if (field.Resource.Length == 0)
            errors.Required(path["resource"]);
        else if (!hugePages && !s_resources.Contains(field.Resource))
            errors.NotSupported(path["resource"], field.Resource, s_resources);
        if (field.Divisor.IsZero)
            return;
        var divisor = field.Divisor.ToString();
        var what = field.Resource switch
        {
            "limits.cpu" or "requests.cpu" => "cpu",
            "limits.memory" or "requests.memory" => "memory",
            "limits.ephemeral-storage" or "requests.ephemeral-storage" => "local ephemeral storage",
            _ => hugePages ? "hugepages" : null,
        };
        if (what == "cpu" && divisor is not ("1" or "1m"))
            errors.Invalid(path["divisor"], field.Resource, "only divisor's values 1m and 1 are supported with the cpu resource");
        else if (what is not null and not "cpu" && !s_sizes.Contains(divisor))
            errors.Invalid(path["divisor"], field.Resource, $"only divisor's values {string.Join(", ", s_sizes)} are supported with the {what} resource");
    }

    private static void Source(FieldErrors errors, FieldPath path, EnvVar variable, EnvVarSource source)
    {
        var count = 0;
        if (source.FieldRef is { } field)
        {
            count++;
            Field(errors, path["fieldRef"], field, VariableFields);
        }

        if (source.ResourceFieldRef is { } resource)
        {
            count++;
            Resource(errors, path["resourceFieldRef"], resource, needsContainer: false);
        }

        if (source.ConfigMapKeyRef is { } map)
        {
            count++;
            Key(errors, path["configMapKeyRef"], map.Name, map.Key);
        }

        if (source.SecretKeyRef is { } secret)
        {
            count++;
            Key(errors, path["secretKeyRef"], secret.Name, secret.Key);
        }

        if (source.FileKeyRef is { } file)
        {
            count++;
            File(errors, path["fileKeyRef"], file);
        }

        if (count == 0)
            errors.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
        else if (variable.Value.Length > 0)
            errors.Invalid(path, "", "may not be specified when `value` is not empty");
        else if (count > 1)
            errors.Invalid(path, "", "may not have more than one field specified at a time");
    }

    private static void Key(FieldErrors errors, FieldPath path, string name, string key)
    {
        errors.Invalid(path["name"], name, NameSyntax.DnsSubdomain(name));
        if (key.Length == 0)
            errors.Required(path["key"]);
        else
            errors.Invalid(path["key"], key, NameSyntax.ConfigKey(key));
    }

    private static void File(FieldErrors errors, FieldPath path, FileKeySelector file)
    {
        if (file.Key.Length == 0)
            errors.Required(path["key"]);
        else
            errors.Invalid(path["key"], file.Key, NameSyntax.EnvironmentVariable(file.Key));
        if (file.VolumeName.Length == 0)
            errors.Required(path["volumeName"]);
        else
            errors.Invalid(path["volumeName"], file.VolumeName, NameSyntax.DnsLabel(file.VolumeName));
        if (file.Path.Length == 0)
            errors.Required(path["path"]);
        else
            PathRules.NoBacksteps(errors, path["path"], file.Path);
    }

    // metadata.labels['app'] is the field metadata.labels with the key app.
    private static (string Name, string? Key) Split(string path)
    {
        var open = path.IndexOf("['", StringComparison.Ordinal);
        return open > 0 && path.EndsWith("']", StringComparison.Ordinal) && open + 2 <= path.Length - 2
            ? (path[..open], path[(open + 2)..^2])
            : (path, null);
    }
}
