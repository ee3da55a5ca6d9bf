using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;
using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A schema, or whether anything (true) or nothing (false) is allowed.</summary>
public sealed record JSONSchemaPropsOrBool : IMessage<JSONSchemaPropsOrBool>
{
    public bool Allows { get; init; }

    public JSONSchemaProps? Props { get; init; }

    public static MessageSchema Schema { get; } =
        new("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool", static () => [], atomic: true);

    public static JSONSchemaPropsOrBool ReadJson(ref JsonInput input) => input.TokenType is JsonTokenType.True or JsonTokenType.False
        ? new() { Allows = input.ReadBoolean() }
        : new() { Allows = true, Props = JSONSchemaProps.ReadJson(ref input) };

    public static JSONSchemaPropsOrBool ReadProto(ref ProtoReader reader)
    {
        var allows = false;
        JSONSchemaProps? schema = null;
        while (reader.NextField())
        {
            if (reader.Field == 1)
            {
                allows = reader.ReadBoolean();
            }
            else if (reader.Field == 2)
            {
                var sub = reader.ReadMessage();
                schema = JSONSchemaProps.ReadProto(ref sub);
            }
            else
            {
                reader.Skip();
            }
        }

        return new() { Allows = allows, Props = schema };
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Props is null)
            writer.WriteBooleanValue(Allows);
        else
            Props.WriteJson(writer);
    }

    public void WriteProto(ref ProtoWriter writer)
    {
        if (Props is not null)
            writer.Message(2, Props);
        writer.Boolean(1, Allows);
    }
}
