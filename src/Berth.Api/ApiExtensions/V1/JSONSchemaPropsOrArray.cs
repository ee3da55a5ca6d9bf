using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Proto;
using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>One schema for all items of a list, or one for each.</summary>
public sealed record JSONSchemaPropsOrArray : IMessage<JSONSchemaPropsOrArray>
{
    public JSONSchemaProps? Props { get; init; }

    public ApiList<JSONSchemaProps> Items { get; init; } = [];

    public static MessageSchema Schema { get; } =
        new("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray", static () => [], atomic: true);

    public static JSONSchemaPropsOrArray ReadJson(ref JsonInput input)
    {
        if (input.TokenType != JsonTokenType.StartArray)
            return new() { Props = JSONSchemaProps.ReadJson(ref input) };
        var items = new List<JSONSchemaProps>();
        while (input.NextItem())
            items.Add(JSONSchemaProps.ReadJson(ref input));
        return new() { Items = items.ToApiList() };
    }

    public static JSONSchemaPropsOrArray ReadProto(ref ProtoReader reader)
    {
        JSONSchemaProps? schema = null;
        var items = new List<JSONSchemaProps>();
        while (reader.NextField())
        {
            if (reader.Field is not (1 or 2))
            {
                reader.Skip();
                continue;
            }

            var single = reader.Field == 1;
            var sub = reader.ReadMessage();
            var value = JSONSchemaProps.ReadProto(ref sub);
            if (single)
                schema = value;
            else
                items.Add(value);
        }

        return new() { Props = schema, Items = items.ToApiList() };
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        if (Items.IsEmpty && Props is not null)
        {
            Props.WriteJson(writer);
            return;
        }

        writer.WriteStartArray();
        foreach (var item in Items)
            item.WriteJson(writer);
        writer.WriteEndArray();
    }

    public void WriteProto(ref ProtoWriter writer)
    {
        for (var i = Items.Count - 1; i >= 0; i--)
            writer.Message(2, Items[i]);
        if (Props is not null)
            writer.Message(1, Props);
    }
}
