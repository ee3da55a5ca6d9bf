using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodAffinityTerm
{
    [Field(1)]
    public LabelSelector? LabelSelector { get; init; }

    [Field(2)]
    public ApiList<string> Namespaces { get; init; } = [];

    [Field(3, Always = true, Required = true)]
    public string TopologyKey { get; init; } = "";

    [Field(4)]
    public LabelSelector? NamespaceSelector { get; init; }

    [Field(5)]
    public ApiList<string> MatchLabelKeys { get; init; } = [];

    [Field(6)]
    public ApiList<string> MismatchLabelKeys { get; init; } = [];
}
