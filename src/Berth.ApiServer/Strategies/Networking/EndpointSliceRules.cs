using Berth.Api;
using Berth.Api.Discovery.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

/// <summary>Rules of what endpoint slices hold.</summary>
internal static class EndpointSliceRules
{
    private const int EndpointsMax = 1000;
    private const int AddressesMax = 100;
    private const int PortsMax = 20_000;
    private const int HintsMax = 8;
    private const int TopologyMax = 16;

    public static void Ports(FieldErrors errors, FieldPath path, ApiList<EndpointPort> ports)
    {
        if (ports.Count > PortsMax)
        {
            errors.TooMany(path, ports.Count, PortsMax);
            return;
        }

        var names = new HashSet<string>();
        for (var i = 0; i < ports.Count; i++)
        {
            var (port, at) = (ports[i], path[i]);
            var name = port.Name ?? "";
            if (name.Length > 0)
                errors.Invalid(at["name"], name, NameSyntax.DnsLabel(name));
            if (!names.Add(name))
                errors.Duplicate(at["name"], name);
            BasicRules.RequiredOneOf(errors, at["protocol"], port.Protocol ?? "", "SCTP", "TCP", "UDP");
            if (port.AppProtocol is { } protocol)
                errors.Invalid(at["appProtocol"], protocol, NameSyntax.QualifiedName(protocol));
        }
    }

    public static void Endpoints(FieldErrors errors, FieldPath path, EndpointSlice slice)
    {
        if (slice.Endpoints.Count > EndpointsMax)
        {
            errors.TooMany(path, slice.Endpoints.Count, EndpointsMax);
            return;
        }

        for (var i = 0; i < slice.Endpoints.Count; i++)
        {
            var (endpoint, at) = (slice.Endpoints[i], path[i]);
            Addresses(errors, at["addresses"], endpoint.Addresses, slice.AddressType);
            if (endpoint.NodeName is { } node)
                errors.Invalid(at["nodeName"], node, NameSyntax.DnsSubdomain(node));
            if (endpoint.DeprecatedTopology.Count > TopologyMax)
                errors.TooMany(at["deprecatedTopology"], endpoint.DeprecatedTopology.Count, TopologyMax);
            MetadataRules.Labels(errors, at["deprecatedTopology"], endpoint.DeprecatedTopology);
            if (endpoint.Hostname is { } host)
                errors.Invalid(at["hostname"], host, NameSyntax.DnsLabel(host));
            if (endpoint.Hints is { } hints)
            {
                Hints(errors, at["hints"]["forZones"], hints.ForZones.Select(z => z.Name).ToList(), NameSyntax.LabelValue);
                Hints(errors, at["hints"]["forNodes"], hints.ForNodes.Select(n => n.Name).ToList(), NameSyntax.DnsSubdomain);
            }
        }
    }

    private static void Addresses(FieldErrors errors, FieldPath path, ApiList<string> addresses, string type)
    {
        if (addresses.IsEmpty)
            errors.Required(path, "must contain at least 1 address");
        else if (addresses.Count > AddressesMax)
            errors.TooMany(path, addresses.Count, AddressesMax);
        for (var i = 0; i < addresses.Count; i++)
        {
            var address = addresses[i];
            if (type == "FQDN")
            {
                var name = address.EndsWith('.') ? address[..^1] : address;
                var problems = NameSyntax.DnsSubdomain(name);
                if (problems.Length > 0)
                    errors.Invalid(path[i], name, string.Join(",", problems));
                else if (!name.Contains('.', StringComparison.Ordinal))
                    errors.Invalid(path[i], (object)name, "should be a domain with at least two segments separated by dots");
            }
            else if (type is "IPv4" or "IPv6" && IpRules.Address(errors, path[i], address))
            {
                if (IpRules.IsV6(address) != (type == "IPv6"))
                    errors.Invalid(path, (object)address, $"must be an {type} address");
                IpRules.Endpoint(errors, path[i], address);
            }
        }
    }

    private static void Hints(FieldErrors errors, FieldPath path, List<string> names, Func<string, string[]> syntax)
    {
        if (names.Count > HintsMax)
        {
            errors.TooMany(path, names.Count, HintsMax);
            return;
        }

        for (var i = 0; i < names.Count; i++)
        {
            if (names.IndexOf(names[i]) < i)
                errors.Duplicate(path[i]["name"], names[i]);
            errors.Invalid(path[i]["name"], names[i], syntax(names[i]));
        }
    }
}
