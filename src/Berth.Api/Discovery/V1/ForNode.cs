using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

public sealed partial record ForNode
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
