using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record NetworkPolicySpec
{
    [Field(1)]
    public LabelSelector PodSelector { get; init; } = LabelSelector.Empty;

    [Field(2)]
    public ApiList<NetworkPolicyIngressRule> Ingress { get; init; } = [];

    [Field(3)]
    public ApiList<NetworkPolicyEgressRule> Egress { get; init; } = [];

    [Field(4)]
    public ApiList<string> PolicyTypes { get; init; } = [];
}
