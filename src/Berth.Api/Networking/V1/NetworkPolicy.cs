using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

[Kind("networking.k8s.io", "v1", "NetworkPolicy")]
[Resource("networkpolicies", "networkpolicy", ShortNames = "netpol")]
public sealed partial record NetworkPolicy
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public NetworkPolicySpec Spec { get; init; } = NetworkPolicySpec.Empty;
}
