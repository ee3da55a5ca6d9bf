using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Tables;

namespace Berth.ApiServer.CustomResources;

/// <summary>How a custom resource is shown: its name, and the columns that its definition asks for.</summary>
internal sealed class CustomTable : KindTable
{
    private static readonly RawJson s_null = RawJson.Parse("null");
    private readonly IReadOnlyList<(CustomResourceColumnDefinition Column, JsonPath? Path)> _columns;

    private CustomTable(IReadOnlyList<(CustomResourceColumnDefinition, JsonPath?)> columns)
    {
        _columns = columns;
        Columns =
        [
            new TableColumnDefinition { Name = "Name", Type = "string", Format = "name", Description = "Name must be unique within a namespace." },
            .. columns.Select(c => new TableColumnDefinition
            {
                Name = c.Item1.Name,
                Type = c.Item1.Type,
                Format = c.Item1.Format,
                Description = c.Item1.Description.Length > 0 ? c.Item1.Description : $"Custom resource definition column (in JSONPath format): {c.Item1.JsonPath}",
                Priority = c.Item1.Priority,
            }),
        ];
    }

    public override ApiList<TableColumnDefinition> Columns { get; }

    public static CustomTable Of(CustomResourceDefinitionVersion version)
    {
        IReadOnlyList<CustomResourceColumnDefinition> columns = version.AdditionalPrinterColumns.IsEmpty
            ? [new() { Name = "Age", Type = "date", JsonPath = ".metadata.creationTimestamp" }]
            : version.AdditionalPrinterColumns;
        return new CustomTable([.. columns.Select(c => (c, JsonPath.TryParse(c.JsonPath)))]);
    }

    public override ApiList<RawJson> Cells(IApiObject value, DateTimeOffset now)
    {
        var tree = JsonTree.Of(value);
        return
        [
            TableCell.Json(value.Metadata.Name),
            .. _columns.Select(c => Cell(c.Column, c.Path?.Find(tree) ?? [], now)),
        ];
    }

    private static RawJson Cell(CustomResourceColumnDefinition column, IReadOnlyList<JsonNode?> found, DateTimeOffset now)
    {
        if (found.Count == 0 || found[0] is not { } first)
            return s_null;
        switch (column.Type)
        {
            case "integer":
                return long.TryParse(first.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole) ? TableCell.Json(whole) : s_null;
            case "number":
                return first.GetValueKind() == JsonValueKind.Number ? new RawJson(JsonTree.ToBytes(first)) : s_null;
            case "boolean":
                return first.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? TableCell.Json(first.GetValue<bool>()) : s_null;
            case "date":
                return TableCell.Json(first.GetValueKind() == JsonValueKind.String
                    && DateTimeOffset.TryParse(first.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                    ? TableCell.Age(time, now)
                    : TableCell.Unknown);
            default:
                return TableCell.Json(found.Count == 1 ? Text(first) : string.Join(" ", found.Select(Text)));
        }
    }

    private static string Text(JsonNode? node) => node switch
    {
        null => "",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => System.Text.Encoding.UTF8.GetString(JsonTree.ToBytes(node)),
    };
}
