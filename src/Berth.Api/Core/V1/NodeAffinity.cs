using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Rules about the labels and fields of nodes.</summary>
public sealed partial record NodeAffinity
{
    /// <summary>Nodes that the pod can run on at all. Not looked at again once it runs.</summary>
    [Field(1)]
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }

    /// <summary>Nodes that are better than others: the weights of all terms that a node meets are added up.</summary>
    [Field(2)]
    public ApiList<PreferredSchedulingTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}
