using Berth.Api;
using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

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

    public override void Validate(NetworkPolicy value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        SelectorRules.Label(errors, path["podSelector"], spec.PodSelector);
        for (var i = 0; i < spec.Ingress.Count; i++)
        {
            Ports(errors, path["ingress"][i]["ports"], spec.Ingress[i].Ports);
            Peers(errors, path["ingress"][i]["from"], spec.Ingress[i].From);
        }

        for (var i = 0; i < spec.Egress.Count; i++)
        {
            Ports(errors, path["egress"][i]["ports"], spec.Egress[i].Ports);
            Peers(errors, path["egress"][i]["to"], spec.Egress[i].To);
        }

        if (spec.PolicyTypes.Count > 2)
        {
            errors.Invalid(path["policyTypes"], spec.PolicyTypes, "may not specify more than two policyTypes");
            return;
        }

        for (var i = 0; i < spec.PolicyTypes.Count; i++)
            BasicRules.OneOf(errors, path["policyTypes"][i], spec.PolicyTypes[i], "Ingress", "Egress");
    }

    private static void Ports(FieldErrors errors, FieldPath path, ApiList<NetworkPolicyPort> ports)
    {
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, at) = (ports[i], path[i]);
            if (port.Protocol is { } protocol)
                BasicRules.OneOf(errors, at["protocol"], protocol, "TCP", "UDP", "SCTP");
            if (port.Port is not { } number)
            {
                if (port.EndPort is not null)
                    errors.Invalid(at["endPort"], port.EndPort, "may not be specified when `port` is not specified");
                continue;
            }

            BasicRules.Port(errors, at["port"], number);
            if (port.EndPort is not { } end)
                continue;
            if (number.IsString)
            {
                errors.Invalid(at["endPort"], end, "may not be specified when `port` is non-numeric");
                continue;
            }

            if (end < number.Int)
                errors.Invalid(at["endPort"], number.Int, "must be greater than or equal to `port`");
            errors.Invalid(at["endPort"], end, NameSyntax.PortNumber(end));
        }
    }

    private static void Peers(FieldErrors errors, FieldPath path, ApiList<NetworkPolicyPeer> peers)
    {
        for (var i = 0; i < peers.Count; i++)
        {
            var (peer, at) = (peers[i], path[i]);
            SelectorRules.Label(errors, at["podSelector"], peer.PodSelector);
            SelectorRules.Label(errors, at["namespaceSelector"], peer.NamespaceSelector);
            if (peer.IpBlock is { } block)
                Block(errors, at["ipBlock"], block);
            if (peer is { PodSelector: null, NamespaceSelector: null, IpBlock: null })
                errors.Required(at, "must specify a peer");
            else if (peer.IpBlock is not null && (peer.PodSelector is not null || peer.NamespaceSelector is not null))
                errors.Forbidden(at, "may not specify both ipBlock and another peer");
        }
    }

    private static void Block(FieldErrors errors, FieldPath path, IPBlock block)
    {
        if (block.Cidr.Length == 0)
        {
            errors.Required(path["cidr"]);
            return;
        }

        var valid = IpRules.Prefix(errors, path["cidr"], block.Cidr);
        for (var i = 0; i < block.Except.Count; i++)
        {
            if (IpRules.Prefix(errors, path["except"][i], block.Except[i]) && valid && !IpRules.IsStrictlyInside(block.Except[i], block.Cidr))
                errors.Invalid(path["except"][i], (object)block.Except[i], "must be a strict subset of `cidr`");
        }
    }
}
