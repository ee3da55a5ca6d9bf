using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record ServiceAccountSubject
{
    [Field(1, Always = true, Required = true)]
    public string Namespace { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
