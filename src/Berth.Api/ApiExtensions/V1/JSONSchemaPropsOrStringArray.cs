using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;
using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A schema, or names of fields.</summary>
public sealed record JSONSchemaPropsOrStringArray : IMessage<JSONSchemaPropsOrStringArray>
{
    public static JSONSchemaPropsOrStringArray Empty { get; } = new();

    public JSONSchemaProps? Props { get; init; }

    public ApiList<string> Names { get; init; } = [];

    public static MessageSchema Schema { get; } =
        new("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray", static () => [], atomic: true);

    public static JSONSchemaPropsOrStringArray ReadJson(ref JsonInput input)
    {
        if (input.TokenType != JsonTokenType.StartArray)
            return new() { Props = JSONSchemaProps.ReadJson(ref input) };
        var names = new List<string>();
        while (input.NextItem())
            names.Add(input.ReadString());
        return new() { Names = names.ToApiList() };
    }

    public static JSONSchemaPropsOrStringArray ReadProto(ref ProtoReader reader)
    {
        JSONSchemaProps? schema = null;
        var names = new List<string>();
        while (reader.NextField())
        {
            if (reader.Field == 1)
            {
                var sub = reader.ReadMessage();
                schema = JSONSchemaProps.ReadProto(ref sub);
            }
            else if (reader.Field == 2)
            {
                names.Add(reader.ReadString());
            }
            else
            {
                reader.Skip();
            }
        }

        return new() { Props = schema, Names = names.ToApiList() };
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Names.IsEmpty && Props is not null)
        {
            Props.WriteJson(writer);
            return;
        }

        writer.WriteStartArray();
        foreach (var name in Names)
            writer.WriteStringValue(name);
        writer.WriteEndArray();
    }

    public void WriteProto(ref ProtoWriter writer)
    {
        for (var i = Names.Count - 1; i >= 0; i--)
            writer.String(2, Names[i]);
        if (Props is not null)
            writer.Message(1, Props);
    }
}
