using System.Text.Json.Nodes;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.CustomResources;

/// <summary>What a definition may ask of its objects' names; the rest of the metadata follows the rules of all kinds.</summary>
internal static class CustomNames
{
    public static void Validate(FieldErrors errors, CustomObject value, StructuralSchema schema)
    {
        if (!schema.Properties.TryGetValue("metadata", out var metadata))
            return;
        if (metadata.Properties.TryGetValue("name", out var name))
            SchemaValidation.Validate(errors, FieldPath.Metadata["name"], JsonValue.Create(value.Metadata.Name), name);
        if (metadata.Properties.TryGetValue("generateName", out var prefix) && value.Metadata.GenerateName.Length > 0)
            SchemaValidation.Validate(errors, FieldPath.Metadata["generateName"], JsonValue.Create(value.Metadata.GenerateName), prefix);
    }
}
