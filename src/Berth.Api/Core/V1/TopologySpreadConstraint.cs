using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record TopologySpreadConstraint
{
    [Field(1, Always = true, Required = true)]
    public int MaxSkew { get; init; }

    [Field(2, Always = true, Required = true)]
    public string TopologyKey { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string WhenUnsatisfiable { get; init; } = "";

    [Field(4)]
    public LabelSelector? LabelSelector { get; init; }

    [Field(5)]
    public int? MinDomains { get; init; }

    [Field(6)]
    public string? NodeAffinityPolicy { get; init; }

    [Field(7)]
    public string? NodeTaintsPolicy { get; init; }

    [Field(8)]
    public ApiList<string> MatchLabelKeys { get; init; } = [];
}
