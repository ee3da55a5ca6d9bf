using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerRestartRuleOnExitCodes
{
    [Field(1, Required = true)]
    public string Operator { get; init; } = "";

    [Field(2), ListSet]
    public ApiList<int> Values { get; init; } = [];
}
