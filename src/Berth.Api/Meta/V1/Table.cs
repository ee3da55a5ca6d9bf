using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>Objects as rows of text, as kubectl prints them. Travels as JSON only.</summary>
[Kind("meta.k8s.io", "v1", "Table")]
public sealed partial record Table
{
    [Field(1)]
    public ListMeta Metadata { get; init; } = ListMeta.Empty;

    /// <summary>The columns, from left to right.</summary>
    [Field(2, Always = true)]
    public ApiList<TableColumnDefinition> ColumnDefinitions { get; init; } = [];

    /// <summary>The rows, one for each object.</summary>
    [Field(3, Always = true)]
    public ApiList<TableRow> Rows { get; init; } = [];
}
