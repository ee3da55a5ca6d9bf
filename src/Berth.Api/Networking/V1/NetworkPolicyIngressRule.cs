using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record NetworkPolicyIngressRule
{
    [Field(1)]
    public ApiList<NetworkPolicyPort> Ports { get; init; } = [];

    [Field(2)]
    public ApiList<NetworkPolicyPeer> From { get; init; } = [];
}
