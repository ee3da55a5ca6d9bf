using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What is wanted of a node.</summary>
public sealed partial record NodeSpec
{
    /// <summary>Range of the node's pods; the first of podCIDRs.</summary>
    [Field(1)]
    public string PodCIDR { get; init; } = "";

    /// <summary>No longer used.</summary>
    [Field(2)]
    public string ExternalID { get; init; } = "";

    /// <summary>The node's id at its provider, as provider://id.</summary>
    [Field(3)]
    public string ProviderID { get; init; } = "";

    /// <summary>True keeps new pods away (kubectl cordon). Default: false.</summary>
    [Field(4)]
    public bool Unschedulable { get; init; }

    /// <summary>Taints of the node: pods that do not tolerate them stay away or have to leave.</summary>
    [Field(5)]
    public ApiList<Taint> Taints { get; init; } = [];

    /// <summary>No longer read since 1.24.</summary>
    [Field(6)]
    public NodeConfigSource? ConfigSource { get; init; }

    /// <summary>Ranges of the node's pods, one for each address family.</summary>
    [Field(7), ListSet, PatchStrategy("merge")]
    public ApiList<string> PodCIDRs { get; init; } = [];
}
