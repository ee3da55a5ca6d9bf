using System.Text.Json;
using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Proto;

namespace Berth.Api;

/// <summary>
/// A list of one kind as it travels: <c>PodList</c> and its like. All of them have the same shape (metadata 1, items 2), so
/// one type serves them all.
/// </summary>
public sealed record ResourceList<T>
    where T : class, IApiObject<T>
{
    public ListMeta Metadata { get; init; } = ListMeta.Empty;

    public ApiList<T> Items { get; init; } = [];

    public static ResourceList<T> Deserialize(ReadOnlySpan<byte> json)
    {
        var input = new JsonInput(json);
        input.Start();
        if (!input.BeginObject())
            throw input.Fail("expected a list object, got null");
        var metadata = ListMeta.Empty;
        var items = new List<T>();
        while (input.NextField())
        {
            if (input.Name.SequenceEqual("metadata"u8))
            {
                metadata = ListMeta.ReadJson(ref input);
            }
            else if (input.Name.SequenceEqual("items"u8))
            {
                if (!input.BeginArray())
                    continue;
                while (input.NextItem())
                    items.Add(T.ReadJson(ref input));
            }
            else
            {
                input.Skip();
            }
        }

        return new() { Metadata = metadata, Items = items.ToApiList() };
    }

    public static ResourceList<T> ReadProto(ref ProtoReader reader)
    {
        var metadata = ListMeta.Empty;
        var items = new List<T>();
        while (reader.NextField())
        {
            if (reader.Field is not (1 or 2))
            {
                reader.Skip();
                continue;
            }

            var isMetadata = reader.Field == 1;
            var sub = reader.ReadMessage();
            if (isMetadata)
                metadata = ListMeta.ReadProto(ref sub);
            else
                items.Add(T.ReadProto(ref sub));
        }

        return new() { Metadata = metadata, Items = items.ToApiList() };
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, T.Kind.Kind + "List");
        writer.WriteString("apiVersion"u8, T.Kind.ApiVersion);
        writer.WritePropertyName("metadata"u8);
        Metadata.WriteJson(writer);
        writer.WriteStartArray("items"u8);
        foreach (var item in Items)
            item.WriteJson(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
