using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record UserSubject
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
