using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

public sealed class EndpointsStrategy : ResourceStrategy<Endpoints>
{
    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override Endpoints Default(Endpoints value)
    {
        var subsets = value.Subsets.Map(s =>
        {
            var ports = s.Ports.Map(p => p.Protocol.Length > 0 ? p : p with { Protocol = "TCP" });
            return ReferenceEquals(ports, s.Ports) ? s : s with { Ports = ports };
        });
        return ReferenceEquals(subsets, value.Subsets) ? value : value with { Subsets = subsets };
    }

    public override void Validate(Endpoints value, FieldErrors errors)
    {
        for (var i = 0; i < value.Subsets.Count; i++)
        {
            var (subset, path) = (value.Subsets[i], FieldPath.Root["subsets"][i]);
            if (subset.Addresses.IsEmpty && subset.NotReadyAddresses.IsEmpty)
                errors.Required(path, "must specify `addresses` or `notReadyAddresses`");
            Addresses(errors, path["addresses"], subset.Addresses);
            Addresses(errors, path["notReadyAddresses"], subset.NotReadyAddresses);
            for (var j = 0; j < subset.Ports.Count; j++)
            {
                var (port, at) = (subset.Ports[j], path["ports"][j]);
                if (port.Name.Length > 0)
                    errors.Invalid(at["name"], port.Name, NameSyntax.DnsLabel(port.Name));
                else if (subset.Ports.Count > 1)
                    errors.Required(at["name"]);
                errors.Invalid(at["port"], port.Port, NameSyntax.PortNumber(port.Port));
                BasicRules.RequiredOneOf(errors, at["protocol"], port.Protocol, "SCTP", "TCP", "UDP");
                if (port.AppProtocol is { } protocol)
                    errors.Invalid(at["appProtocol"], protocol, NameSyntax.QualifiedName(protocol));
            }
        }
    }

    private static void Addresses(FieldErrors errors, FieldPath path, ApiList<EndpointAddress> addresses)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            IpRules.Address(errors, path[i]["ip"], addresses[i].Ip);
            if (addresses[i].Hostname.Length > 0)
                errors.Invalid(path[i]["hostname"], addresses[i].Hostname, NameSyntax.DnsLabel(addresses[i].Hostname));
            if (addresses[i].NodeName is { } node)
                errors.Invalid(path[i]["nodeName"], node, NameSyntax.DnsSubdomain(node));
            IpRules.Endpoint(errors, path[i]["ip"], addresses[i].Ip);
        }
    }

    public override IEnumerable<string> Warnings(Endpoints value, Endpoints? old) =>
        ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"];
}
