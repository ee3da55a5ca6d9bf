using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.ApiServer.Strategies.AdmissionRegistration;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Extensions;

/// <summary>Rules of what a definition of a custom resource says, but for its schemas.</summary>
internal static class DefinitionRules
{
    private const int SelectableFieldsMax = 8;
    private const string ApprovalAnnotation = "api-approved.kubernetes.io";
    private static readonly string[] s_columnTypes = ["boolean", "date", "integer", "number", "string"];
    private static readonly string[] s_columnFormats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

    public static void Validate(FieldErrors errors, FieldPath path, CustomResourceDefinitionSpec spec)
    {
        Group(errors, path["group"], spec.Group);
        BasicRules.RequiredOneOf(errors, path["scope"], spec.Scope, "Cluster", "Namespaced");
        if (spec.PreserveUnknownFields)
            errors.Invalid(path["preserveUnknownFields"], (object)true, "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        Versions(errors, path["versions"], spec.Versions);
        Names(errors, path["names"], spec.Names);
        if (spec.Conversion is { } conversion)
            Conversion(errors, path["conversion"], conversion);
    }

    public static void StoredVersions(FieldErrors errors, FieldPath path, ApiList<string> stored, ApiList<CustomResourceDefinitionVersion> versions)
    {
        if (stored.IsEmpty)
        {
            errors.Invalid(path, (object)stored, "must have at least one stored version");
            return;
        }

        foreach (var version in versions)
        {
            if (version.Storage && !stored.Contains(version.Name))
                errors.Invalid(path, (object)stored, $"must have the storage version {version.Name}");
        }

        for (var i = 0; i < stored.Count; i++)
        {
            if (versions.All(v => v.Name != stored[i]))
            {
                errors.Invalid(
                    path[i],
                    (object)stored[i],
                    $"missing from spec.versions; {stored[i]} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {stored[i]} and removes {stored[i]} from status.storedVersions");
            }
        }
    }

    /// <summary>Groups that belong to Kubernetes need its word for it.</summary>
    public static void Approval(FieldErrors errors, CustomResourceDefinition definition)
    {
        var group = definition.Spec.Group;
        if (group is not ("k8s.io" or "kubernetes.io") && !group.EndsWith(".k8s.io", StringComparison.Ordinal) && !group.EndsWith(".kubernetes.io", StringComparison.Ordinal))
            return;
        var path = FieldPath.Metadata["annotations"].Key(ApprovalAnnotation);
        if (!definition.Metadata.Annotations.TryGetValue(ApprovalAnnotation, out var approval))
        {
            errors.Required(path, "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111");
            return;
        }

        if (!approval.StartsWith("unapproved", StringComparison.Ordinal) && !(Uri.TryCreate(approval, UriKind.Absolute, out var url) && url.Host.Length > 0))
        {
            errors.Invalid(
                path,
                (object)approval,
                "protected groups must have approval annotation \"api-approved.kubernetes.io\" with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111");
        }
    }

    private static void Group(FieldErrors errors, FieldPath path, string group)
    {
        if (group.Length == 0)
            errors.Required(path);
        else if (NameSyntax.DnsSubdomain(group) is { Length: > 0 } problems)
            errors.Invalid(path, (object)group, string.Join(",", problems));
        else if (!group.Contains('.', StringComparison.Ordinal))
            errors.Invalid(path, (object)group, "should be a domain with at least one dot");
    }

    private static void Versions(FieldErrors errors, FieldPath path, ApiList<CustomResourceDefinitionVersion> versions)
    {
        for (var i = 0; i < versions.Count; i++)
        {
            var (version, at) = (versions[i], path[i]);
            if (NameSyntax.Dns1035Label(version.Name) is { Length: > 0 } problems)
                errors.Invalid(at["name"], (object)version.Name, string.Join(",", problems));
            if (version.DeprecationWarning is { } warning)
            {
                if (!version.Deprecated)
                    errors.Invalid(at["deprecationWarning"], (object)warning, "can only be set for deprecated versions");
                if (warning.Length > 256)
                    errors.Invalid(at["deprecationWarning"], (object)warning, "must be <= 256 characters long");
                if (warning.Length == 0)
                    errors.Invalid(at["deprecationWarning"], (object)warning, "must not be an empty string");
            }

            if (version.SchemaValue?.OpenAPIV3Schema is not { } schema)
                errors.Required(at["schema"]["openAPIV3Schema"]);
            else
                Schema(errors, at["schema"]["openAPIV3Schema"], schema, version.Subresources?.Status is not null);
            if (version.Subresources?.Scale is { } scale)
                Scale(errors, at["subresources"]["scale"], scale);
            for (var j = 0; j < version.AdditionalPrinterColumns.Count; j++)
                Column(errors, at["additionalPrinterColumns"][j], version.AdditionalPrinterColumns[j]);
            Selectable(errors, at["selectableFields"], version);
        }

        if (versions.Select(v => v.Name).Distinct().Count() != versions.Count)
            errors.InvalidStruct(path, "must contain unique version names");
        if (versions.Count(v => v.Storage) != 1)
            errors.InvalidStruct(path, "must have exactly one version marked as storage version");
    }

    private static void Names(FieldErrors errors, FieldPath path, CustomResourceDefinitionNames names)
    {
        Label(path["plural"], names.Plural, required: true);
        Label(path["singular"], names.Singular, required: true);
        Label(path["kind"], names.Kind.ToLowerInvariant(), required: true, names.Kind);
        Label(path["listKind"], names.ListKind.ToLowerInvariant(), required: true, names.ListKind);
        for (var i = 0; i < names.ShortNames.Count; i++)
            Label(path["shortNames"][i], names.ShortNames[i], required: true);
        for (var i = 0; i < names.Categories.Count; i++)
            Label(path["categories"][i], names.Categories[i], required: true);
        if (names.Kind.Length > 0 && names.Kind == names.ListKind)
            errors.Invalid(path["listKind"], (object)names.ListKind, "kind and listKind may not be the same");

        void Label(FieldPath at, string value, bool required, string? shown = null)
        {
            if (value.Length == 0)
            {
                if (required)
                    errors.Required(at);
                return;
            }

            if (NameSyntax.Dns1035Label(value) is { Length: > 0 } problems)
                errors.Invalid(at, (object)(shown ?? value), (shown is null ? "" : "may have mixed case, but should otherwise match: ") + string.Join(",", problems));
        }
    }

    private static void Conversion(FieldErrors errors, FieldPath path, CustomResourceConversion conversion)
    {
        BasicRules.RequiredOneOf(errors, path["strategy"], conversion.Strategy, "None", "Webhook");
        if (conversion.Strategy != "Webhook")
        {
            if (conversion.Webhook is not null)
                errors.Forbidden(path["webhook"], "should not be set when strategy is not set to Webhook");
            return;
        }

        if (conversion.Webhook?.ClientConfig is not { } client)
        {
            errors.Required(path["webhookClientConfig"], "required when strategy is set to Webhook");
        }
        else if ((client.Url is null) == (client.Service is null))
        {
            errors.Required(path["webhookClientConfig"], "exactly one of url or service is required");
        }
        else if (client.Url is { } url)
        {
            RuleRules.Url(errors, path["webhookClientConfig"]["url"], url);
        }
        else if (client.Service is { } service)
        {
            RuleRules.Service(errors, path["webhookClientConfig"]["service"], service.Name, service.Namespace, service.Path, service.Port ?? 443);
        }

        var versions = conversion.Webhook?.ConversionReviewVersions ?? [];
        if (versions.IsEmpty)
            errors.Required(path["conversionReviewVersions"]);
        else if (!versions.Contains("v1") && !versions.Contains("v1beta1"))
            errors.Invalid(path["conversionReviewVersions"], (object)versions, "must include at least one of v1, v1beta1");
    }

    private static void Scale(FieldErrors errors, FieldPath path, CustomResourceSubresourceScale scale)
    {
        Path(path["specReplicasPath"], scale.SpecReplicasPath, ".spec.", required: true);
        Path(path["statusReplicasPath"], scale.StatusReplicasPath, ".status.", required: true);
        if (scale.LabelSelectorPath is { Length: > 0 } labels && !labels.StartsWith(".spec.", StringComparison.Ordinal))
            Path(path["labelSelectorPath"], labels, ".status.", required: false);

        void Path(FieldPath at, string value, string root, bool required)
        {
            if (value.Length == 0 && required)
                errors.Required(at);
            else if (!value.StartsWith('.') || value.Contains('[', StringComparison.Ordinal))
                errors.Invalid(at, (object)value, "must be a simple json path starting with .");
            else if (!value.StartsWith(root, StringComparison.Ordinal))
                errors.Invalid(at, (object)value, $"should be a json path under {root.TrimEnd('.')}");
        }
    }

    // Expressions are compiled against the schema: one that is not structural would only make them fail as well.
    private static void Schema(FieldErrors errors, FieldPath path, JSONSchemaProps schema, bool hasStatus)
    {
        var before = errors.Causes.Count;
        StructuralRules.Validate(errors, path, schema, hasStatus);
        if (errors.Causes.Count == before)
            ExpressionRules.Validate(errors, path, CustomResources.StructuralSchema.Compile(schema));
    }

    private static void Column(FieldErrors errors, FieldPath path, CustomResourceColumnDefinition column)
    {
        if (column.Name.Length == 0)
            errors.Required(path["name"]);
        if (column.Type.Length == 0)
            errors.Required(path["type"], $"must be one of {string.Join(",", s_columnTypes)}");
        else if (!s_columnTypes.Contains(column.Type))
            errors.Invalid(path["type"], (object)column.Type, $"must be one of {string.Join(",", s_columnTypes)}");
        if (column.Format.Length > 0 && !s_columnFormats.Contains(column.Format))
            errors.Invalid(path["format"], (object)column.Format, $"must be one of {string.Join(",", s_columnFormats)}");
        if (column.JsonPath.Length == 0)
            errors.Required(path["JSONPath"]);
        else if (!column.JsonPath.StartsWith('.') && !column.JsonPath.StartsWith('['))
            errors.Invalid(path["JSONPath"], (object)column.JsonPath, "must be a simple json path starting with .");
    }

    private static void Selectable(FieldErrors errors, FieldPath path, CustomResourceDefinitionVersion version)
    {
        if (version.SelectableFields.Count > SelectableFieldsMax)
            errors.TooMany(path, version.SelectableFields.Count, SelectableFieldsMax);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < version.SelectableFields.Count; i++)
        {
            var (text, at) = (version.SelectableFields[i].JsonPath, path[i]["jsonPath"]);
            if (text.Length == 0)
            {
                errors.Required(at);
                continue;
            }

            if (!seen.Add(text))
                errors.Duplicate(at, text);
            if (!text.StartsWith('.') || text.Contains('[', StringComparison.Ordinal))
                errors.Invalid(at, (object)text, "is an invalid path: must be a simple json path starting with .");
            else if (text is ".metadata" || text.StartsWith(".metadata.", StringComparison.Ordinal))
                errors.Invalid(at, (object)text, "must not point to fields in metadata");
            else if (TypeAt(version.SchemaValue?.OpenAPIV3Schema, text) is not { } type)
                errors.Invalid(at, (object)text, "is an invalid path: does not refer to a valid field");
            else if (type is not ("string" or "integer" or "boolean"))
                errors.Invalid(at, (object)text, "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.");
        }
    }

    private static string? TypeAt(JSONSchemaProps? schema, string path)
    {
        foreach (var name in path.TrimStart('.').Split('.'))
        {
            if (schema is null || !schema.Properties.TryGetValue(name, out var next))
                return null;
            schema = next;
        }

        return schema?.Type;
    }
}
