using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Other pods, and what near them means.</summary>
public sealed partial record PodAffinityTerm
{
    /// <summary>Labels of the other pods; absent chooses none.</summary>
    [Field(1)]
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>Namespaces of the other pods, beside those of namespaceSelector. Both empty or absent: the pod's own namespace.</summary>
    [Field(2)]
    public ApiList<string> Namespaces { get; init; } = [];

    /// <summary>
    /// Label of nodes: two nodes are in one place when they have the same value of it, such as kubernetes.io/hostname or
    /// topology.kubernetes.io/zone.
    /// </summary>
    [Field(3, Always = true, Required = true)]
    public string TopologyKey { get; init; } = "";

    /// <summary>Labels of the namespaces of the other pods; an empty selector chooses all namespaces.</summary>
    [Field(4)]
    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>Labels of this pod whose values the other pods must share, such as pod-template-hash.</summary>
    [Field(5)]
    public ApiList<string> MatchLabelKeys { get; init; } = [];

    /// <summary>Labels of this pod whose values the other pods must not share.</summary>
    [Field(6)]
    public ApiList<string> MismatchLabelKeys { get; init; } = [];
}
