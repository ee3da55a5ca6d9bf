using System.Text.Json.Nodes;
using Berth.Api.Schema;

namespace Berth.ApiServer.Tests.Apply;

/// <summary>Random small schemas and objects of them, from a seed. Containers are never empty.</summary>
internal sealed class RandomObjects(int seed)
{
    private readonly Random _random = new(seed);

    public MessageSchema Schema() => Struct(3);

    public JsonObject Object(MessageSchema schema) => (JsonObject)Value(ValueSchema.Of(() => schema))!;

    private MessageSchema Struct(int depth)
    {
        var fields = Enumerable.Range(0, _random.Next(2, 5))
            .Select(i => new FieldSchema { Name = "f" + i, Value = Shape(depth - 1) })
            .ToList();
        return new MessageSchema("test.Struct", () => fields);
    }

    private ValueSchema Shape(int depth)
    {
        switch (depth <= 0 ? 0 : _random.Next(7))
        {
            case 1:
                var message = Struct(depth);
                return ValueSchema.Of(() => message);
            case 2:
                return ValueSchema.MapOf(Shape(depth - 1));
            case 3:
                return ValueSchema.ListOf(ValueSchema.Of(ValueKind.String), ListType.Set);
            case 4:
                var inner = Struct(depth);
                var item = new MessageSchema("test.Item", () => [new FieldSchema { Name = "key", Value = ValueSchema.Of(ValueKind.String) }, .. inner.Fields]);
                return ValueSchema.ListOf(ValueSchema.Of(() => item), ListType.Map, "key");
            case 5:
                return ValueSchema.ListOf(ValueSchema.Of(ValueKind.Integer));
            case 6:
                return ValueSchema.MapOf(ValueSchema.Of(ValueKind.String), atomic: true);
            default:
                return ValueSchema.Of(ValueKind.Integer);
        }
    }

    private JsonNode? Value(ValueSchema schema)
    {
        switch (schema.Kind)
        {
            case ValueKind.Message:
                var value = new JsonObject();
                foreach (var field in schema.Message!.Fields)
                {
                    if (field.Name == "f0" || (field.Name != "key" && _random.Next(3) > 0))
                        value[field.Name] = Value(field.Value);
                }

                return value;
            case ValueKind.Map:
                var map = new JsonObject();
                foreach (var name in Names())
                    map[name] = Value(schema.Element!);
                return map;
            case ValueKind.List:
                var list = new JsonArray();
                foreach (var name in Names())
                {
                    var item = schema.ListType == ListType.Atomic ? Value(schema.Element!) : JsonValue.Create(name);
                    if (schema.ListType == ListType.Map)
                    {
                        item = Value(schema.Element!);
                        item!["key"] = name;
                    }

                    list.Add(item);
                }

                return list;
            case ValueKind.String:
                return JsonValue.Create("s" + _random.Next(3));
            default:
                return JsonValue.Create((long)_random.Next(3));
        }
    }

    private IEnumerable<string> Names()
    {
        var names = new[] { "a", "b", "c", "d" };
        _random.Shuffle(names);
        return names.Take(_random.Next(1, 4));
    }
}
