using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Proto;
using Berth.Api.Schema;

namespace Berth.Ingress.GatewayApi;

/// <summary>An object of the Gateway API: typed metadata, and the rest as a tree that nobody changes once the object is made.</summary>
internal sealed class GatewayObject<TKind>(ObjectMeta metadata, JsonObject content) : IApiObject<GatewayObject<TKind>>, IEquatable<GatewayObject<TKind>>
    where TKind : IGatewayKind
{
    public const string Group = "gateway.networking.k8s.io";

    public static MessageSchema Schema { get; } = new($"io.k8s.networking.gateway.{TKind.Version}.{TKind.Kind}", static () => []);

    public static KindInfo Kind { get; } = new()
    {
        Group = Group,
        Version = TKind.Version,
        Kind = TKind.Kind,
        Plural = TKind.Plural,
        Namespaced = TKind.Namespaced,
        IsCustom = true,
        Schema = Schema,
        ReadJson = static (json, report) =>
        {
            var input = new JsonInput(json, report);
            input.Start();
            return ReadJson(ref input);
        },
        ReadProto = static _ => throw new NotSupportedException("custom objects have no protobuf form"),
    };

    public KindInfo KindInfo => Kind;

    public ObjectMeta Metadata { get; } = metadata;

    /// <summary>All but apiVersion, kind and metadata. Not to be changed: other threads read it.</summary>
    public JsonObject Content { get; } = content;

    public JsonObject Spec => Content["spec"] as JsonObject ?? [];

    public JsonObject Status => Content["status"] as JsonObject ?? [];

    public static GatewayObject<TKind> ReadJson(ref JsonInput input)
    {
        var metadata = ObjectMeta.Empty;
        var content = new JsonObject();
        if (!input.BeginObject())
            return new GatewayObject<TKind>(metadata, content);
        while (input.NextField())
        {
            var name = Encoding.UTF8.GetString(input.Name);
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
                    content[name] = JsonNode.Parse(input.ReadRaw().Span);
                    break;
            }
        }

        return new GatewayObject<TKind>(metadata, content);
    }

    public static GatewayObject<TKind> ReadProto(ref ProtoReader reader) => throw new NotSupportedException("custom objects have no protobuf form");

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, Kind.Kind);
        writer.WriteString("apiVersion"u8, Kind.ApiVersion);
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

    public GatewayObject<TKind> WithMetadata(ObjectMeta metadata) => new(metadata, Content);

    IApiObject IApiObject.WithMetadata(ObjectMeta metadata) => WithMetadata(metadata);

    public GatewayObject<TKind> WithStatus(JsonObject status)
    {
        var content = (JsonObject)Content.DeepClone();
        content["status"] = status;
        return new GatewayObject<TKind>(Metadata, content);
    }

    public bool Equals(GatewayObject<TKind>? other) => other is not null && Metadata == other.Metadata && JsonNode.DeepEquals(Content, other.Content);

    public override bool Equals(object? obj) => Equals(obj as GatewayObject<TKind>);

    public override int GetHashCode() => Metadata.GetHashCode();
}
