using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>Numbers that are enough. At least one of the two fields.</summary>
public sealed partial record SuccessPolicyRule
{
    /// <summary>The numbers, as 1,3-5,7. Absent: any.</summary>
    [Field(1)]
    public string? SucceededIndexes { get; init; }

    /// <summary>How many of them. Absent: all.</summary>
    [Field(2)]
    public int? SucceededCount { get; init; }
}
