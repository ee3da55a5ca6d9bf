using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerRestartRule
{
    [Field(1, Required = true)]
    public string Action { get; init; } = "";

    [Field(2)]
    public ContainerRestartRuleOnExitCodes? ExitCodes { get; init; }
}
