using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Proto;
using Berth.Api.Schema;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.CustomResources;

/// <summary>
/// An object of a kind that a CustomResourceDefinition describes: typed metadata, and the rest as a tree that nobody changes
/// once the object is made.
/// </summary>
public sealed class CustomObject(KindInfo kind, ObjectMeta metadata, JsonObject content) : IApiObject<CustomObject>, IEquatable<CustomObject>
{
    public static KindInfo Kind => throw new NotSupportedException("the kind of a custom object is known by its definition alone");

    public static MessageSchema Schema => throw new NotSupportedException("the schema of a custom object is known by its definition alone");

    public KindInfo KindInfo { get; } = kind;

    public ObjectMeta Metadata { get; } = metadata;

    /// <summary>All but apiVersion, kind and metadata. Not to be changed: other threads read it.</summary>
    public JsonObject Content { get; } = content;

    public static CustomObject ReadJson(ref JsonInput input) => throw new NotSupportedException("a custom object is read by its definition");

    public static CustomObject ReadProto(ref ProtoReader reader) => throw new NotSupportedException("custom objects have no protobuf form");

    /// <summary>Reads an object as it stands, without looking at a schema.</summary>
    /// <exception cref="JsonFormatException">It is no object, or its metadata is malformed.</exception>
    public static CustomObject Read(KindInfo kind, ReadOnlySpan<byte> json, DecodeReport? report)
    {
        var input = new JsonInput(json, report);
        input.Start();
        var metadata = ObjectMeta.Empty;
        var content = new JsonObject();
        if (!input.BeginObject())
            throw input.Fail("expected an object, got null");
        var seen = report is null ? null : new HashSet<string>(StringComparer.Ordinal);
        while (input.NextField())
        {
            var name = Encoding.UTF8.GetString(input.Name);
            if (seen?.Add(name) == false)
                input.DuplicateField(name);
            switch (name)
            {
                case "apiVersion" or "kind":
                    _ = input.ReadString();
                    break;
                case "metadata":
                    input.Enter(name);
                    metadata = ObjectMeta.ReadJson(ref input);
                    input.Leave();
                    break;
                default:
                    content[name] = CustomTree.Read(input.ReadRaw().Span, name, report);
                    break;
            }
        }

        input.End();
        return new CustomObject(kind, metadata, content);
    }

    public CustomObject WithMetadata(ObjectMeta metadata) => new(KindInfo, metadata, Content);

    IApiObject IApiObject.WithMetadata(ObjectMeta metadata) => WithMetadata(metadata);

    public CustomObject WithContent(JsonObject content) => new(KindInfo, Metadata, content);

    /// <summary>The same under another version of the kind.</summary>
    public CustomObject As(KindInfo kind) => new(kind, Metadata, Content);

    /// <summary>A copy of a field's value, to be put into another tree.</summary>
    public JsonNode? Copy(string field) => Content[field]?.DeepClone();

    /// <summary>The object with one field as it is in another object; without it where that has none.</summary>
    public CustomObject WithFieldOf(string field, CustomObject other)
    {
        var content = (JsonObject)Content.DeepClone();
        if (other.Content.ContainsKey(field))
            content[field] = other.Copy(field);
        else
            content.Remove(field);
        return WithContent(content);
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, KindInfo.Kind);
        writer.WriteString("apiVersion"u8, KindInfo.ApiVersion);
        writer.WritePropertyName("metadata"u8);
        Metadata.WriteJson(writer);
        foreach (var (name, value) in Content)
        {
            writer.WritePropertyName(name);
            if (value is null)
                writer.WriteNullValue();
            else
                value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    public void WriteProto(ref ProtoWriter writer) => throw new NotSupportedException("custom objects have no protobuf form");

    public bool Equals(CustomObject? other) =>
        other is not null && KindInfo.ApiVersion == other.KindInfo.ApiVersion && Metadata == other.Metadata && JsonSame.Are(Content, other.Content);

    public override bool Equals(object? obj) => Equals(obj as CustomObject);

    public override int GetHashCode() => Metadata.GetHashCode();
}
