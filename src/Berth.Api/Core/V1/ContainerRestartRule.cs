using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What to do after certain ends of a container.</summary>
public sealed partial record ContainerRestartRule
{
    /// <summary>Restart starts the container again; RestartAllContainers starts all containers of the pod again.</summary>
    [Field(1, Required = true)]
    public string Action { get; init; } = "";

    /// <summary>The exit codes that the rule is for.</summary>
    [Field(2)]
    public ContainerRestartRuleOnExitCodes? ExitCodes { get; init; }
}
