using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record NetworkPolicyPeer
{
    [Field(1)]
    public LabelSelector? PodSelector { get; init; }

    [Field(2)]
    public LabelSelector? NamespaceSelector { get; init; }

    [Field(3)]
    public IPBlock? IpBlock { get; init; }
}
