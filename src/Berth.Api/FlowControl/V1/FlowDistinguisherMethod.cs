using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record FlowDistinguisherMethod
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";
}
