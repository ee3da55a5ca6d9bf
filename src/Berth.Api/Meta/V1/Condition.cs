using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record Condition
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Status { get; init; } = "";

    [Field(3)]
    public long ObservedGeneration { get; init; }

    [Field(4, Always = true, Required = true)]
    public Time? LastTransitionTime { get; init; }

    [Field(5, Always = true, Required = true)]
    public string Reason { get; init; } = "";

    [Field(6, Always = true, Required = true)]
    public string Message { get; init; } = "";
}
