using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeSpec
{
    [Field(1)]
    public string PodCIDR { get; init; } = "";

    [Field(2)]
    public string ExternalID { get; init; } = "";

    [Field(3)]
    public string ProviderID { get; init; } = "";

    [Field(4)]
    public bool Unschedulable { get; init; }

    [Field(5)]
    public ApiList<Taint> Taints { get; init; } = [];

    [Field(6)]
    public NodeConfigSource? ConfigSource { get; init; }

    [Field(7), ListSet, PatchStrategy("merge")]
    public ApiList<string> PodCIDRs { get; init; } = [];
}
