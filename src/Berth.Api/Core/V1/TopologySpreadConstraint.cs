using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>How evenly pods are spread over places.</summary>
public sealed partial record TopologySpreadConstraint
{
    /// <summary>By how many pods a place may have more than the emptiest one, 1 or more.</summary>
    [Field(1, Always = true, Required = true)]
    public int MaxSkew { get; init; }

    /// <summary>Label of nodes: those with the same value are one place.</summary>
    [Field(2, Always = true, Required = true)]
    public string TopologyKey { get; init; } = "";

    /// <summary>DoNotSchedule lets a pod wait that would break the rule; ScheduleAnyway only prefers places that do not.</summary>
    [Field(3, Always = true, Required = true)]
    public string WhenUnsatisfiable { get; init; } = "";

    /// <summary>Labels of the pods that are counted.</summary>
    [Field(4)]
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>With fewer places than this the emptiest is taken to have no pods; 1 or more, for DoNotSchedule alone. Default: 1.</summary>
    [Field(5)]
    public int? MinDomains { get; init; }

    /// <summary>Honor counts only nodes that the pod's selector and affinity allow; Ignore counts all. Default: Honor.</summary>
    [Field(6)]
    public string? NodeAffinityPolicy { get; init; }

    /// <summary>Honor counts only nodes whose taints the pod tolerates; Ignore counts all. Default: Ignore.</summary>
    [Field(7)]
    public string? NodeTaintsPolicy { get; init; }

    /// <summary>Labels of this pod whose values the counted pods must share, such as pod-template-hash.</summary>
    [Field(8)]
    public ApiList<string> MatchLabelKeys { get; init; } = [];
}
