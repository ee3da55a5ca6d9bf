using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.CustomResources;

namespace Berth.ApiServer.OpenApi;

/// <param name="Group">Empty for the core group.</param>
internal readonly record struct GroupVersionKind(string Group, string Version, string Kind);

/// <summary>A type that a document describes.</summary>
/// <param name="Kinds">Empty for types that do not travel on their own; with apiVersion and kind otherwise.</param>
internal sealed record Definition(MessageSchema Schema, IReadOnlyList<GroupVersionKind> Kinds)
{
    public bool IsList { get; private init; }

    public static Definition Of(KindInfo kind) => new(kind.Schema, [new(kind.Group, kind.Version, kind.Kind)]);

    /// <summary>The list that collections of a kind are answered with.</summary>
    public static Definition ListOf(KindInfo kind) => new(
        new MessageSchema(kind.IsCustom ? kind.Schema.Name[..(kind.Schema.Name.LastIndexOf('.') + 1)] + kind.ListKind : kind.Schema.Name + "List", () =>
        [
            new FieldSchema { Name = "metadata", Value = ValueSchema.Of(() => ListMeta.Schema) },
            new FieldSchema { Name = "items", Value = ValueSchema.ListOf(ValueSchema.Of(() => kind.Schema)), Required = true },
        ]),
        [new(kind.Group, kind.Version, kind.ListKind)]) { IsList = true };

    /// <summary>The types that a type is made of, itself left out.</summary>
    public static IEnumerable<MessageSchema> Parts(MessageSchema schema)
    {
        // A custom resource describes itself; of the rest of the API it needs the metadata alone.
        if (CustomVersion.Of(schema) is not null)
        {
            yield return ObjectMeta.Schema;
            yield break;
        }

        foreach (var field in schema.Fields)
        {
            var value = field.Value;
            while (value.Element is not null)
                value = value.Element;
            if (value.Message is { } message)
                yield return message;
        }
    }
}
