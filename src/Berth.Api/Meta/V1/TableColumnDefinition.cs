using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>A column of a table.</summary>
public sealed partial record TableColumnDefinition
{
    /// <summary>Heading of the column.</summary>
    [Field(1, Always = true)]
    public string Name { get; init; } = "";

    /// <summary>Type of the values: integer, number, string, boolean or date.</summary>
    [Field(2, Always = true)]
    public string Type { get; init; } = "";

    /// <summary>Finer type; name marks the column that identifies the object.</summary>
    [Field(3, Always = true)]
    public string Format { get; init; } = "";

    /// <summary>What the column shows.</summary>
    [Field(4, Always = true)]
    public string Description { get; init; } = "";

    /// <summary>0: always shown; above: only in wide output.</summary>
    [Field(5, Always = true)]
    public int Priority { get; init; }
}
