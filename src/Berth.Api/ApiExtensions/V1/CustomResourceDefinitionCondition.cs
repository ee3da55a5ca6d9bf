using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinitionCondition
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Status { get; init; } = "";

    [Field(3, Always = true)]
    public Time? LastTransitionTime { get; init; }

    [Field(4)]
    public string Reason { get; init; } = "";

    [Field(5)]
    public string Message { get; init; } = "";

    [Field(6)]
    public long ObservedGeneration { get; init; }
}
