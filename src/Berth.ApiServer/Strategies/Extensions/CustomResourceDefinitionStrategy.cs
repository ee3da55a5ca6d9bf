using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Extensions;

/// <summary>Definitions of custom resources. Their conditions are the server's own: it says which names it took and what it serves.</summary>
public sealed class CustomResourceDefinitionStrategy : SpecAndStatusStrategy<CustomResourceDefinition>
{
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    public override CustomResourceDefinition Default(CustomResourceDefinition value)
    {
        var spec = value.Spec;
        var names = spec.Names;
        names = names with
        {
            Singular = names.Singular.Length == 0 ? names.Kind.ToLowerInvariant() : names.Singular,
            ListKind = names.ListKind.Length == 0 && names.Kind.Length > 0 ? names.Kind + "List" : names.ListKind,
        };
        var conversion = spec.Conversion ?? new CustomResourceConversion { Strategy = "None" };
        if (conversion.Webhook?.ClientConfig?.Service is { Port: null } service)
            conversion = conversion with { Webhook = conversion.Webhook with { ClientConfig = conversion.Webhook.ClientConfig with { Service = service with { Port = 443 } } } };
        return names == spec.Names && conversion == spec.Conversion ? value : value with { Spec = spec with { Names = names, Conversion = conversion } };
    }

    public override CustomResourceDefinition PrepareForCreate(CustomResourceDefinition value) => WithStoredVersion(WithoutStatus(value));

    public override CustomResourceDefinition PrepareForUpdate(CustomResourceDefinition value, CustomResourceDefinition old) =>
        WithStoredVersion(WithStatusOf(value, old));

    public override void Validate(CustomResourceDefinition value, FieldErrors errors)
    {
        var wanted = $"{value.Spec.Names.Plural}.{value.Spec.Group}";
        if (value.Metadata.Name != wanted)
            errors.Invalid(FieldPath.Metadata["name"], (object)value.Metadata.Name, "must be spec.names.plural+\".\"+spec.group");
        DefinitionRules.Validate(errors, FieldPath.Spec, value.Spec);
        DefinitionRules.StoredVersions(errors, FieldPath.Root["status"]["storedVersions"], value.Status.StoredVersions, value.Spec.Versions);
        DefinitionRules.Approval(errors, value);
    }

    public override void ValidateUpdate(CustomResourceDefinition value, CustomResourceDefinition old, FieldErrors errors)
    {
        var (spec, before, path) = (value.Spec, old.Spec, FieldPath.Spec);
        if (old.Status.Conditions.Any(c => c is { Type: "Established", Status: "True" }))
        {
            BasicRules.Unchanged(errors, path["scope"], spec.Scope, before.Scope);
            BasicRules.Unchanged(errors, path["names"]["kind"], spec.Names.Kind, before.Names.Kind);
        }

        BasicRules.Unchanged(errors, path["group"], spec.Group, before.Group);
        BasicRules.Unchanged(errors, path["names"]["plural"], spec.Names.Plural, before.Names.Plural);
    }

    public override void ValidateStatusUpdate(CustomResourceDefinition value, CustomResourceDefinition old, FieldErrors errors) =>
        DefinitionRules.StoredVersions(errors, FieldPath.Root["status"]["storedVersions"], value.Status.StoredVersions, value.Spec.Versions);

    protected override CustomResourceDefinition WithoutStatus(CustomResourceDefinition value) => value with { Status = CustomResourceDefinitionStatus.Empty };

    protected override CustomResourceDefinition WithStatusOf(CustomResourceDefinition value, CustomResourceDefinition other) => value with { Status = other.Status };

    protected override CustomResourceDefinition WithSpecOf(CustomResourceDefinition value, CustomResourceDefinition other) => value with { Spec = other.Spec };

    protected override bool SameSpec(CustomResourceDefinition value, CustomResourceDefinition other) => value.Spec == other.Spec;

    private static CustomResourceDefinition WithStoredVersion(CustomResourceDefinition value)
    {
        var stored = value.Status.StoredVersions;
        foreach (var version in value.Spec.Versions)
        {
            if (version.Storage && !stored.Contains(version.Name))
                stored = [.. stored, version.Name];
        }

        return stored == value.Status.StoredVersions ? value : value with { Status = value.Status with { StoredVersions = stored } };
    }
}
