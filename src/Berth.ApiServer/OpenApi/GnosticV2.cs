using System.Text.Json.Nodes;

namespace Berth.ApiServer.OpenApi;

/// <summary>Messages of <c>OpenAPIv2.proto</c>, as far as Berth's documents need them.</summary>
internal static class GnosticV2
{
    public static GnosticMessage Document { get; } = Build();

    private static GnosticMessage Build()
    {
        GnosticMessage reference = new() { Fields = { new("$ref", 1), new("description", 2) } };
        GnosticMessage schema = new() { Extensions = 31 };
        GnosticMessage additional = new() { Choices = { new(n => n is JsonValue, 2, null), new(_ => true, 1, schema) } };
        GnosticMessage properties = new() { Entries = 1, EntryMessage = schema };
        schema.Fields.AddRange(
        [
            new("$ref", 1), new("format", 2), new("title", 3), new("description", 4), new("default", 5, GnosticForm.Any),
            new("required", 19, GnosticForm.Texts), new("enum", 20, GnosticForm.AnyList), new("additionalProperties", 21, GnosticForm.Nested, additional),
            new("type", 22, GnosticForm.TextsWrapped), new("items", 23, GnosticForm.Wrapped, schema), new("allOf", 24, GnosticForm.NestedList, schema),
            new("properties", 25, GnosticForm.Nested, properties),
        ]);

        GnosticMessage body = new()
        {
            Extensions = 6,
            Fields = { new("description", 1), new("name", 2), new("in", 3), new("required", 4, GnosticForm.Flag), new("schema", 5, GnosticForm.Nested, schema) },
        };
        GnosticMessage query = new()
        {
            Extensions = 23,
            Fields =
            {
                new("required", 1, GnosticForm.Flag), new("in", 2), new("description", 3), new("name", 4), new("type", 6), new("format", 7),
                new("uniqueItems", 20, GnosticForm.Flag),
            },
        };
        GnosticMessage inPath = new()
        {
            Extensions = 22,
            Fields =
            {
                new("required", 1, GnosticForm.Flag), new("in", 2), new("description", 3), new("name", 4), new("type", 5), new("format", 6),
                new("uniqueItems", 19, GnosticForm.Flag),
            },
        };
        GnosticMessage nonBody = new() { Choices = { new(n => In(n) == "query", 3, query), new(_ => true, 4, inPath) } };
        GnosticMessage parameter = new() { Choices = { new(n => In(n) == "body", 1, body), new(_ => true, 2, nonBody) } };
        GnosticMessage parameterItem = new() { Choices = { new(IsReference, 2, reference), new(_ => true, 1, parameter) } };

        GnosticMessage response = new() { Extensions = 5, Fields = { new("description", 1), new("schema", 2, GnosticForm.Wrapped, schema) } };
        GnosticMessage responseValue = new() { Choices = { new(IsReference, 2, reference), new(_ => true, 1, response) } };
        GnosticMessage responses = new() { Entries = 1, EntryMessage = responseValue, Extensions = 2 };
        GnosticMessage operation = new()
        {
            Extensions = 13,
            Fields =
            {
                new("tags", 1, GnosticForm.Texts), new("summary", 2), new("description", 3), new("operationId", 5), new("produces", 6, GnosticForm.Texts),
                new("consumes", 7, GnosticForm.Texts), new("parameters", 8, GnosticForm.NestedList, parameterItem),
                new("responses", 9, GnosticForm.Nested, responses), new("schemes", 10, GnosticForm.Texts), new("deprecated", 11, GnosticForm.Flag),
            },
        };
        GnosticMessage pathItem = new()
        {
            Extensions = 10,
            Fields =
            {
                new("get", 2, GnosticForm.Nested, operation), new("put", 3, GnosticForm.Nested, operation), new("post", 4, GnosticForm.Nested, operation),
                new("delete", 5, GnosticForm.Nested, operation), new("options", 6, GnosticForm.Nested, operation), new("head", 7, GnosticForm.Nested, operation),
                new("patch", 8, GnosticForm.Nested, operation), new("parameters", 9, GnosticForm.NestedList, parameterItem),
            },
        };
        GnosticMessage apiKey = new() { Extensions = 5, Fields = { new("type", 1), new("name", 2), new("in", 3), new("description", 4) } };
        GnosticMessage securityItem = new() { Choices = { new(_ => true, 2, apiKey) } };
        return new GnosticMessage
        {
            Extensions = 16,
            Fields =
            {
                new("swagger", 1),
                new("info", 2, GnosticForm.Nested, new GnosticMessage { Extensions = 7, Fields = { new("title", 1), new("version", 2), new("description", 3) } }),
                new("paths", 8, GnosticForm.Nested, new GnosticMessage { Entries = 2, EntryMessage = pathItem, Extensions = 1 }),
                new("definitions", 9, GnosticForm.Nested, new GnosticMessage { Entries = 1, EntryMessage = schema }),
                new("security", 12, GnosticForm.NestedList, new GnosticMessage { Entries = 1, EntryMessage = new GnosticMessage() }),
                new("securityDefinitions", 13, GnosticForm.Nested, new GnosticMessage { Entries = 1, EntryMessage = securityItem }),
            },
        };
    }

    private static string? In(JsonNode? node) => node?["in"]?.GetValue<string>();

    private static bool IsReference(JsonNode? node) => node is JsonObject map && map.ContainsKey("$ref");
}
