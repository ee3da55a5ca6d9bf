using System.Text.Json;

namespace Berth.ApiServer.OpenApi;

/// <summary>Writes paths and their operations in one dialect.</summary>
internal sealed class PathWriter(Utf8JsonWriter output, OpenApiDialect dialect, DefinitionWriter definitions)
{
    private static readonly string[] s_objectTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
    private static readonly string[] s_streamTypes = ["application/json;stream=watch", "application/vnd.kubernetes.protobuf;stream=watch"];
    private static readonly string[] s_patchTypes =
        ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"];

    public void Write(PathSpec path)
    {
        output.WriteStartObject(path.Path);
        foreach (var operation in path.Operations)
            Write(operation);
        if (path.Parameters.Count > 0)
            WriteParameters(path.Parameters, null);
        output.WriteEndObject();
    }

    private void Write(OperationSpec operation)
    {
        output.WriteStartObject(operation.Method);
        WriteTexts("tags", [operation.Tag]);
        output.WriteString("operationId", operation.Id);
        if (dialect == OpenApiDialect.V2)
        {
            WriteTexts("consumes", operation.Method == "patch" ? s_patchTypes : ["*/*"]);
            WriteTexts("produces", Produces(operation));
            WriteTexts("schemes", ["https"]);
        }

        if (operation.Parameters.Count > 0 || (operation.Body is not null && dialect == OpenApiDialect.V2))
            WriteParameters(operation.Parameters, operation.Body);
        if (operation.Body is not null && dialect == OpenApiDialect.V3)
        {
            output.WriteStartObject("requestBody");
            WriteContent(operation.Method == "patch" ? s_patchTypes : ["*/*"], operation.Body);
            if (operation.Method != "delete")
                output.WriteBoolean("required", true);
            output.WriteEndObject();
        }

        output.WriteStartObject("responses");
        WriteResponse("200", "OK", operation);
        if (operation.Creates)
            WriteResponse("201", "Created", operation);
        if (operation.Method == "post" && operation.Creates)
            WriteResponse("202", "Accepted", operation);
        output.WriteStartObject("401");
        output.WriteString("description", "Unauthorized");
        output.WriteEndObject();
        output.WriteEndObject();
        if (operation.Action is not null)
            output.WriteString("x-kubernetes-action", operation.Action);
        if (operation.Kind is { } kind)
        {
            output.WritePropertyName("x-kubernetes-group-version-kind");
            DefinitionWriter.WriteKind(output, kind);
        }

        output.WriteEndObject();
    }

    private void WriteParameters(IReadOnlyList<ParameterSpec> parameters, string? body)
    {
        output.WriteStartArray("parameters");
        if (body is not null && dialect == OpenApiDialect.V2)
        {
            output.WriteStartObject();
            output.WriteString("name", "body");
            output.WriteString("in", "body");
            output.WriteBoolean("required", true);
            output.WritePropertyName("schema");
            definitions.WriteReference(body);
            output.WriteEndObject();
        }

        foreach (var parameter in parameters)
        {
            output.WriteStartObject();
            output.WriteString("name", parameter.Name);
            output.WriteString("in", parameter.InPath ? "path" : "query");
            if (parameter.InPath)
                output.WriteBoolean("required", true);
            if (dialect == OpenApiDialect.V3)
                output.WriteStartObject("schema");
            output.WriteString("type", parameter.Type);
            output.WriteBoolean("uniqueItems", true);
            if (dialect == OpenApiDialect.V3)
                output.WriteEndObject();
            output.WriteEndObject();
        }

        output.WriteEndArray();
    }

    private void WriteResponse(string code, string description, OperationSpec operation)
    {
        output.WriteStartObject(code);
        output.WriteString("description", description);
        if (dialect == OpenApiDialect.V3)
        {
            WriteContent(Produces(operation), operation.Answer);
        }
        else
        {
            output.WritePropertyName("schema");
            WriteAnswer(operation.Answer);
        }

        output.WriteEndObject();
    }

    private void WriteContent(IEnumerable<string> types, string? schema)
    {
        output.WriteStartObject("content");
        foreach (var type in types)
        {
            output.WriteStartObject(type);
            output.WritePropertyName("schema");
            WriteAnswer(schema);
            output.WriteEndObject();
        }

        output.WriteEndObject();
    }

    private void WriteAnswer(string? schema)
    {
        if (schema is not null)
        {
            definitions.WriteReference(schema);
            return;
        }

        output.WriteStartObject();
        output.WriteString("type", "string");
        output.WriteEndObject();
    }

    private static IEnumerable<string> Produces(OperationSpec operation) => operation switch
    {
        { Answer: null } => ["*/*"],
        { Action: "list" } => [.. s_objectTypes, .. s_streamTypes],
        { Action: null } => s_objectTypes[..1],
        _ => s_objectTypes,
    };

    private void WriteTexts(string name, IEnumerable<string> texts)
    {
        output.WriteStartArray(name);
        foreach (var text in texts)
            output.WriteStringValue(text);
        output.WriteEndArray();
    }
}
