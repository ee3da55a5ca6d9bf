using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>One object as a row.</summary>
public sealed partial record TableRow
{
    /// <summary>As many as the table has columns.</summary>
    [Field(1, Always = true)]
    public ApiList<RawJson> Cells { get; init; } = [];

    /// <summary>What the client asked to have of the object: all of it, its metadata, or nothing.</summary>
    [Field(3)]
    public RawJson? Object { get; init; }
}
