using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Berth.Network.Dns;

/// <summary>
/// The records of one Service, by the labels that stand before its name: "" for the Service itself, "_http._tcp" for a port, "pod-0" for an
/// endpoint. They are made when first asked for, because most Services of a large cluster are never looked up from one node.
/// </summary>
internal sealed class ServiceRecords(DnsService service, DnsName zone)
{
    /// <summary>Seconds. CoreDNS' default for cluster names: short, because endpoints come and go.</summary>
    public const uint Ttl = 5;

    private Dictionary<string, Node>? _nodes;

    public DnsService Service { get; } = service;

    public DnsName Name { get; } = zone.Prepend(service.Name, service.Namespace, "svc");

    /// <summary>Null where the name does not exist.</summary>
    public Node? Find(string prefix) => (_nodes ??= Build()).GetValueOrDefault(prefix);

    /// <summary>Names that reverse look-ups give: the Service for its cluster addresses, endpoints for theirs where they have a hostname.</summary>
    public IEnumerable<(IPAddress Address, string Hostname)> Reverse()
    {
        foreach (var address in Service.ClusterIps)
            yield return (address, "");
        foreach (var endpoint in PublishedEndpoints())
        {
            if (endpoint.Hostname.Length > 0)
                yield return (endpoint.Address, endpoint.Hostname);
        }
    }

    /// <summary>The name of an endpoint's address inside the Service.</summary>
    public static string HostLabel(DnsEndpoint endpoint) => endpoint.Hostname.Length > 0
        ? endpoint.Hostname
        : endpoint.Address.ToString().Replace('.', '-').Replace(':', '-');

    private IEnumerable<DnsEndpoint> PublishedEndpoints() => Service.Endpoints.Where(e => e.Ready || Service.PublishNotReadyAddresses);

    private Dictionary<string, Node> Build()
    {
        var nodes = new Dictionary<string, NodeBuilder> { [""] = new() };
        if (Service.ExternalName is { } external)
        {
            if (TryParse(external) is { } target)
                nodes[""].Add(DnsRecord.Alias(Name, Ttl, target));
        }
        else if (Service.Headless)
        {
            AddEndpoints(nodes);
        }
        else
        {
            var addresses = Service.ClusterIps.Select(a => DnsRecord.Address(Name, Ttl, a)).ToArray();
            foreach (var address in addresses)
                nodes[""].Add(address);
            foreach (var port in Service.Ports)
                AddPort(nodes, port, Name, addresses);
            AddEndpoints(nodes);
        }
        return nodes.ToDictionary(n => n.Key, n => n.Value.ToNode());
    }

    private void AddEndpoints(Dictionary<string, NodeBuilder> nodes)
    {
        foreach (var endpoint in PublishedEndpoints())
        {
            var label = HostLabel(endpoint);
            if (TryPrepend(label) is not { } host)
                continue;
            var address = DnsRecord.Address(host, Ttl, endpoint.Address);
            At(nodes, label).Add(address);
            if (!Service.Headless)
                continue;
            nodes[""].Add(DnsRecord.Address(Name, Ttl, endpoint.Address));
            foreach (var port in endpoint.Ports)
                AddPort(nodes, port, host, address);
        }
    }

    private void AddPort(Dictionary<string, NodeBuilder> nodes, DnsPort port, DnsName target, params ReadOnlySpan<DnsRecord> addresses)
    {
        var data = new SrvData(0, 0, (ushort)port.Port, target);
        nodes[""].Add(new DnsRecord(Name, DnsType.SRV, Ttl, data), addresses);
        if (port.Name.Length == 0)
            return;
        var protocol = "_" + port.Protocol.ToLower(CultureInfo.InvariantCulture);
        At(nodes, $"_{port.Name}.{protocol}").Add(new DnsRecord(Name.Prepend("_" + port.Name, protocol), DnsType.SRV, Ttl, data), addresses);
        // An empty non-terminal: there is something below it, so it exists without records of its own.
        At(nodes, protocol);
    }

    private static NodeBuilder At(Dictionary<string, NodeBuilder> nodes, string prefix)
    {
        if (!nodes.TryGetValue(prefix, out var node))
            nodes.Add(prefix, node = new NodeBuilder());
        return node;
    }

    private DnsName? TryPrepend(string label)
    {
        try
        {
            return Name.Prepend(label);
        }
        catch (DnsFormatException)
        {
            return null; // The API allows no such hostname; an endpoint written by others must not take the rest of the Service down.
        }
    }

    private static DnsName? TryParse(string name)
    {
        try
        {
            return DnsName.Parse(name);
        }
        catch (DnsFormatException)
        {
            return null; // As above.
        }
    }

    /// <summary>The records of one name, and what goes with its SRV records as a courtesy.</summary>
    internal sealed record Node(ImmutableArray<DnsRecord> Records, ImmutableArray<DnsRecord> Additionals);

    /// <summary>Collects records in the order given, each once.</summary>
    private sealed class NodeBuilder
    {
        private readonly OrderedDictionary<DnsRecord, bool> _records = [];
        private readonly OrderedDictionary<DnsRecord, bool> _additionals = [];

        public void Add(DnsRecord record, params ReadOnlySpan<DnsRecord> additionals)
        {
            _records.TryAdd(record, true);
            foreach (var additional in additionals)
                _additionals.TryAdd(additional, true);
        }

        /// <summary>Gives SRV records the weight that cluster DNS gives them: 100 shared by all targets, at least 1.</summary>
        public Node ToNode()
        {
            var targets = _records.Keys.Count(r => r.Type == DnsType.SRV);
            var weight = (ushort)(targets == 0 ? 0 : Math.Max(1, 100 / targets));
            return new Node(
                [.. _records.Keys.Select(r => r.Data is SrvData srv ? r with { Data = srv with { Weight = weight } } : r)],
                [.. _additionals.Keys]);
        }
    }
}
