using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class NetworkPolicyStrategy : ResourceStrategy<NetworkPolicy>
{
    public override NetworkPolicy Default(NetworkPolicy value)
    {
        var spec = value.Spec;
        spec = spec with
        {
            Ingress = spec.Ingress.Map(r => r with { Ports = r.Ports.Map(Default) }),
            Egress = spec.Egress.Map(r => r with { Ports = r.Ports.Map(Default) }),
            PolicyTypes = !spec.PolicyTypes.IsEmpty ? spec.PolicyTypes : spec.Egress.IsEmpty ? ["Ingress"] : ["Ingress", "Egress"],
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    public override bool ChangesGeneration(NetworkPolicy value, NetworkPolicy old) => value.Spec != old.Spec;

    private static NetworkPolicyPort Default(NetworkPolicyPort port) => port.Protocol is null ? port with { Protocol = "TCP" } : port;
}
