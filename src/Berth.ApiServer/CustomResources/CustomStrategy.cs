using Berth.Api;
using Berth.ApiServer.CustomResources.Rules;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.CustomResources;

/// <summary>The rules of one version of a custom resource: what its definition says.</summary>
internal sealed class CustomStrategy : ResourceStrategy<CustomObject>
{
    private readonly CustomVersion _version;

    public CustomStrategy(CustomVersion version)
    {
        _version = version;
        SelectableFields = version.Source.SelectableFields.ToDictionary(
            f => f.JsonPath.TrimStart('.'),
            f =>
            {
                var path = f.JsonPath.TrimStart('.').Split('.');
                return (Func<CustomObject, string>)(value => CustomPaths.Text(value, path));
            });
    }

    public override IReadOnlyDictionary<string, Func<CustomObject, string>> SelectableFields { get; }

    public override bool AllowsUnconditionalUpdate => false;

    public override CustomObject Default(CustomObject value) => _version.Default(value);

    public override CustomObject PrepareForCreate(CustomObject value) => _version.HasStatus && value.Content.ContainsKey("status")
        ? value.WithFieldOf("status", Without(value))
        : value;

    public override CustomObject PrepareForUpdate(CustomObject value, CustomObject old) => _version.HasStatus ? value.WithFieldOf("status", old) : value;

    public override CustomObject PrepareForStatusUpdate(CustomObject value, CustomObject old) =>
        old.WithFieldOf("status", value).WithMetadata(old.Metadata with { ManagedFields = value.Metadata.ManagedFields });

    // With a status of its own, a change of anything else counts; else a change of anything.
    public override bool ChangesGeneration(CustomObject value, CustomObject old) =>
        !_version.HasStatus && !JsonSame.Are(value.Content, old.Content);

    public override void Validate(CustomObject value, FieldErrors errors) => ValidateSchema(value, errors);

    public override void ValidateCreate(CustomObject value, FieldErrors errors) => ValidateRules(value, null, errors);

    public override void ValidateUpdate(CustomObject value, CustomObject old, FieldErrors errors)
    {
        Ratchet(value, old, errors);
        ValidateRules(value, old, errors);
    }

    public override void ValidateStatusUpdate(CustomObject value, CustomObject old, FieldErrors errors)
    {
        Validate(value, errors);
        ValidateUpdate(value, old, errors);
    }

    private static CustomObject Without(CustomObject value) => value.WithContent([]);

    // What was wrong before and did not change may stay: a stricter schema does not lock objects that are there.
    private void Ratchet(CustomObject value, CustomObject old, FieldErrors errors)
    {
        if (errors.IsEmpty)
            return;
        var before = new FieldErrors();
        ValidateSchema(old, before);
        errors.Forget(before);
    }

    private void ValidateSchema(CustomObject value, FieldErrors errors)
    {
        var schema = _version.Schema;
        var tree = value.Content;
        foreach (var required in schema.Source.Required)
        {
            if (required is not ("apiVersion" or "kind" or "metadata") && !tree.ContainsKey(required))
                errors.Required(required);
        }

        CustomNames.Validate(errors, value, schema);
        SchemaValidation.ValidateRoot(errors, tree, schema);
        SchemaValidation.ListTypes(errors, FieldPath.Root, tree, schema);
        SchemaValidation.Embedded(errors, FieldPath.Root, tree, schema);
    }

    private void ValidateRules(CustomObject value, CustomObject? old, FieldErrors errors)
    {
        if (_version.Rules is not { } rules)
            return;
        // Rules rely on what the schema says: where that does not hold they would only fail.
        if (errors.Causes.Any(c => c.Reason is "FieldValueRequired" or "FieldValueNotSupported" or "FieldValueTooLong" or "FieldValueTooMany" or "FieldValueTypeInvalid"))
        {
            errors.Invalid("<nil>", (object?)null, "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");
            return;
        }

        new RuleRun(errors).Check(rules, FieldPath.Root, JsonTree.Of(value), old is null ? null : JsonTree.Of(old));
    }
}
