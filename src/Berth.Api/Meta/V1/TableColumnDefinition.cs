using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record TableColumnDefinition
{
    [Field(1, Always = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true)]
    public string Type { get; init; } = "";

    [Field(3, Always = true)]
    public string Format { get; init; } = "";

    [Field(4, Always = true)]
    public string Description { get; init; } = "";

    /// <summary>0: always shown; above: only in wide output.</summary>
    [Field(5, Always = true)]
    public int Priority { get; init; }
}
