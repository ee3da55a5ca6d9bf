using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A choice of exit codes.</summary>
public sealed partial record ContainerRestartRuleOnExitCodes
{
    /// <summary>In for the codes of values, NotIn for all others.</summary>
    [Field(1, Required = true)]
    public string Operator { get; init; } = "";

    /// <summary>Exit codes, at most 255 of them.</summary>
    [Field(2), ListSet]
    public ApiList<int> Values { get; init; } = [];
}
