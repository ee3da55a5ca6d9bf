using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record NetworkPolicyEgressRule
{
    [Field(1)]
    public ApiList<NetworkPolicyPort> Ports { get; init; } = [];

    [Field(2)]
    public ApiList<NetworkPolicyPeer> To { get; init; } = [];
}
