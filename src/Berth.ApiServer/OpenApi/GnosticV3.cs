using System.Text.Json.Nodes;

namespace Berth.ApiServer.OpenApi;

/// <summary>Messages of <c>OpenAPIv3.proto</c>, as far as Berth's documents need them.</summary>
internal static class GnosticV3
{
    public static GnosticMessage Document { get; } = Build();

    private static GnosticMessage Build()
    {
        GnosticMessage schema = new() { Extensions = 36 };
        var schemaOrReference = OrReference(schema);
        GnosticMessage additional = new() { Choices = { new(n => n is JsonValue, 2, null), new(_ => true, 1, schemaOrReference) } };
        GnosticMessage properties = new() { Entries = 1, EntryMessage = schemaOrReference };
        schema.Fields.AddRange(
        [
            new("nullable", 1, GnosticForm.Flag), new("title", 9), new("uniqueItems", 20, GnosticForm.Flag), new("required", 23, GnosticForm.Texts),
            new("enum", 24, GnosticForm.AnyList), new("type", 25), new("allOf", 26, GnosticForm.NestedList, schemaOrReference),
            new("oneOf", 27, GnosticForm.NestedList, schemaOrReference), new("anyOf", 28, GnosticForm.NestedList, schemaOrReference),
            new("items", 30, GnosticForm.Wrapped, schemaOrReference), new("properties", 31, GnosticForm.Nested, properties),
            new("additionalProperties", 32, GnosticForm.Nested, additional), new("default", 33, GnosticForm.Default), new("description", 34), new("format", 35),
        ]);

        GnosticMessage mediaType = new() { Extensions = 5, Fields = { new("schema", 1, GnosticForm.Nested, schemaOrReference) } };
        GnosticMessage mediaTypes = new() { Entries = 1, EntryMessage = mediaType };
        GnosticMessage parameter = new()
        {
            Extensions = 14,
            Fields =
            {
                new("name", 1), new("in", 2), new("description", 3), new("required", 4, GnosticForm.Flag),
                new("schema", 10, GnosticForm.Nested, schemaOrReference),
            },
        };
        var parameterOrReference = OrReference(parameter);
        GnosticMessage requestBody = new()
        {
            Extensions = 4,
            Fields = { new("description", 1), new("content", 2, GnosticForm.Nested, mediaTypes), new("required", 3, GnosticForm.Flag) },
        };
        GnosticMessage response = new() { Extensions = 5, Fields = { new("description", 1), new("content", 3, GnosticForm.Nested, mediaTypes) } };
        var responseOrReference = OrReference(response);
        GnosticMessage responses = new()
        {
            Extensions = 3, Entries = 2, EntryMessage = responseOrReference, Fields = { new("default", 1, GnosticForm.Nested, responseOrReference) },
        };
        GnosticMessage operation = new()
        {
            Extensions = 13,
            Fields =
            {
                new("tags", 1, GnosticForm.Texts), new("summary", 2), new("description", 3), new("operationId", 5),
                new("parameters", 6, GnosticForm.NestedList, parameterOrReference), new("requestBody", 7, GnosticForm.Nested, OrReference(requestBody)),
                new("responses", 8, GnosticForm.Nested, responses), new("deprecated", 10, GnosticForm.Flag),
            },
        };
        GnosticMessage pathItem = new()
        {
            Extensions = 14,
            Fields =
            {
                new("get", 4, GnosticForm.Nested, operation), new("put", 5, GnosticForm.Nested, operation), new("post", 6, GnosticForm.Nested, operation),
                new("delete", 7, GnosticForm.Nested, operation), new("options", 8, GnosticForm.Nested, operation), new("head", 9, GnosticForm.Nested, operation),
                new("patch", 10, GnosticForm.Nested, operation), new("parameters", 13, GnosticForm.NestedList, parameterOrReference),
            },
        };
        GnosticMessage security = new() { Extensions = 9, Fields = { new("type", 1), new("description", 2), new("name", 3), new("in", 4) } };
        GnosticMessage components = new()
        {
            Extensions = 10,
            Fields =
            {
                new("schemas", 1, GnosticForm.Nested, new GnosticMessage { Entries = 1, EntryMessage = schemaOrReference }),
                new("securitySchemes", 7, GnosticForm.Nested, new GnosticMessage { Entries = 1, EntryMessage = OrReference(security) }),
            },
        };
        return new GnosticMessage
        {
            Extensions = 9,
            Fields =
            {
                new("openapi", 1),
                new("info", 2, GnosticForm.Nested, new GnosticMessage { Extensions = 7, Fields = { new("title", 1), new("description", 2), new("version", 6) } }),
                new("paths", 4, GnosticForm.Nested, new GnosticMessage { Entries = 1, EntryMessage = pathItem, Extensions = 2 }),
                new("components", 5, GnosticForm.Nested, components),
            },
        };
    }

    private static GnosticMessage OrReference(GnosticMessage message)
    {
        GnosticMessage reference = new() { Fields = { new("$ref", 1), new("summary", 2), new("description", 3) } };
        return new GnosticMessage
        {
            Choices = { new(n => n is JsonObject map && map.ContainsKey("$ref"), 2, reference), new(_ => true, 1, message) },
        };
    }
}
