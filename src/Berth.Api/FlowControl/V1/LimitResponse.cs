using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record LimitResponse
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2)]
    public QueuingConfiguration? Queuing { get; init; }
}
