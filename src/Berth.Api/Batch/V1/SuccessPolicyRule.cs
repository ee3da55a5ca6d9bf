using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record SuccessPolicyRule
{
    [Field(1)]
    public string? SucceededIndexes { get; init; }

    [Field(2)]
    public int? SucceededCount { get; init; }
}
