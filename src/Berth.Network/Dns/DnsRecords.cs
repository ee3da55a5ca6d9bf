using System.Collections.Immutable;
using System.Net;

namespace Berth.Network.Dns;

/// <summary>
/// Immutable snapshot of what the cluster's zone says, after the Kubernetes DNS specification 1.1.0. A change makes a new snapshot that
/// shares all the rest with the old one, so that the server reads without a lock while its owner goes on building.
/// </summary>
public sealed class DnsRecords
{
    private const uint Ttl = ServiceRecords.Ttl;

    private static readonly DnsName InAddrArpa = DnsName.Parse("in-addr.arpa");
    private static readonly DnsName Ip6Arpa = DnsName.Parse("ip6.arpa");

    private readonly ImmutableArray<IPNetwork> _ownNetworks;
    private readonly uint _serial;
    private readonly ImmutableHashSet<string> _namespaces;
    private readonly ImmutableDictionary<(string Namespace, string Name), ServiceRecords> _services;
    private readonly ImmutableDictionary<IPAddress, ImmutableArray<ReverseName>> _reverse;

    private DnsRecords(
        DnsName zone,
        ImmutableArray<IPNetwork> ownNetworks,
        uint serial,
        ImmutableHashSet<string> namespaces,
        ImmutableDictionary<(string, string), ServiceRecords> services,
        ImmutableDictionary<IPAddress, ImmutableArray<ReverseName>> reverse)
    {
        Zone = zone;
        _ownNetworks = ownNetworks;
        _serial = serial;
        _namespaces = namespaces;
        _services = services;
        _reverse = reverse;
    }

    /// <param name="zone">For example <c>cluster.local</c>.</param>
    /// <param name="ownNetworks">Pod and Service networks: reverse look-ups in them that we cannot answer do not exist, and are nobody else's to answer.</param>
    public static DnsRecords Empty(string zone, params ReadOnlySpan<IPNetwork> ownNetworks) => new(
        DnsName.Parse(zone), [.. ownNetworks], 0, [],
        ImmutableDictionary<(string, string), ServiceRecords>.Empty, ImmutableDictionary<IPAddress, ImmutableArray<ReverseName>>.Empty);

    public DnsName Zone { get; }

    public int ServiceCount => _services.Count;

    /// <param name="serial">The zone's version for SOA records: it must grow with each change that is published.</param>
    /// <param name="services">For each Service that changed, its new state, or null where it is gone.</param>
    /// <param name="namespaces">For each Namespace that changed, whether it exists.</param>
    public DnsRecords With(
        uint serial,
        IEnumerable<KeyValuePair<(string Namespace, string Name), DnsService?>> services,
        IEnumerable<KeyValuePair<string, bool>>? namespaces = null)
    {
        var byName = _services.ToBuilder();
        var reverse = _reverse.ToBuilder();
        foreach (var (key, service) in services)
        {
            if (byName.TryGetValue(key, out var old))
                RemoveReverse(reverse, key, old);
            if (service is null)
            {
                byName.Remove(key);
                continue;
            }
            var records = new ServiceRecords(service, Zone);
            byName[key] = records;
            foreach (var (address, hostname) in records.Reverse())
            {
                var names = reverse.GetValueOrDefault(address, []);
                var name = new ReverseName(key, hostname);
                if (!names.Contains(name))
                    reverse[address] = names.Add(name);
            }
        }
        var known = _namespaces.ToBuilder();
        foreach (var (name, exists) in namespaces ?? [])
        {
            if (exists)
                known.Add(name);
            else
                known.Remove(name);
        }
        return new DnsRecords(Zone, _ownNetworks, serial, known.ToImmutable(), byName.ToImmutable(), reverse.ToImmutable());
    }

    private static void RemoveReverse(
        ImmutableDictionary<IPAddress, ImmutableArray<ReverseName>>.Builder reverse, (string, string) key, ServiceRecords old)
    {
        foreach (var (address, hostname) in old.Reverse())
        {
            if (!reverse.TryGetValue(address, out var names))
                continue;
            var rest = names.Remove(new ReverseName(key, hostname));
            if (rest.IsEmpty)
                reverse.Remove(address);
            else
                reverse[address] = rest;
        }
    }

    /// <summary>What the cluster says to the question; null where the name is not the cluster's, but the upstream servers' to answer.</summary>
    public DnsAnswer? Resolve(DnsName name, DnsType type)
    {
        var labels = name.LabelsBelow(Zone);
        if (labels >= 0)
            return ResolveInZone(name, type, labels);
        if (TryReadReverse(name) is { } address)
            return ResolveReverse(name, type, address);
        return null;
    }

    private DnsAnswer ResolveInZone(DnsName name, DnsType type, int labels)
    {
        if (labels == 0)
        {
            return type switch
            {
                DnsType.SOA => Found([Soa(Zone)]),
                DnsType.NS => Found([new DnsRecord(Zone, DnsType.NS, Ttl, new NameData(NameServer))]),
                DnsType.ANY => Found([Soa(Zone), new DnsRecord(Zone, DnsType.NS, Ttl, new NameData(NameServer))]),
                _ => NoData(),
            };
        }
        switch (name.Label(labels - 1))
        {
            case "svc":
                return ResolveService(name, type, labels);
            case "pod":
                return ResolvePod(name, type, labels);
            case "dns-version" when labels == 1:
                return Select([new DnsRecord(name, DnsType.TXT, Ttl, new TxtData(["1.1.0"]))], [], type);
            case "dns" when labels == 1:
                return NoData();
            case "dns" when labels == 2 && name.Label(0) == "ns":
                return Select([.. DnsServiceAddresses().Select(a => DnsRecord.Address(name, Ttl, a))], [], type);
            default:
                return NotFound();
        }
    }

    // [prefix.]service.namespace.svc
    private DnsAnswer ResolveService(DnsName name, DnsType type, int labels)
    {
        if (labels == 1)
            return NoData();
        var ns = name.Label(labels - 2);
        if (labels == 2)
            return _namespaces.Contains(ns) ? NoData() : NotFound();
        if (labels > 5 || !_services.TryGetValue((ns, name.Label(labels - 3)), out var service))
            return NotFound();
        var prefix = labels switch
        {
            3 => "",
            4 => name.Label(0),
            _ => $"{name.Label(0)}.{name.Label(1)}",
        };
        return service.Find(prefix) is { } node ? Select(node.Records, node.Additionals, type) : NotFound();
    }

    // a-b-c-d.namespace.pod: given by the name itself, as CoreDNS' default "pods insecure" does, so that DNS need not know each pod.
    private DnsAnswer ResolvePod(DnsName name, DnsType type, int labels)
    {
        if (labels == 1)
            return NoData();
        if (!_namespaces.Contains(name.Label(labels - 2)) || labels > 3)
            return NotFound();
        if (labels == 2)
            return NoData();
        var label = name.Label(0);
        var isV4 = label.Count(c => c == '-') == 3;
        return IPAddress.TryParse(label.Replace('-', isV4 ? '.' : ':'), out var address)
            ? Select([DnsRecord.Address(name, Ttl, address)], [], type)
            : NotFound();
    }

    private DnsAnswer? ResolveReverse(DnsName name, DnsType type, IPAddress address)
    {
        var zone = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? Ip6Arpa : InAddrArpa;
        if (_reverse.TryGetValue(address, out var owners))
        {
            var records = owners.Select(owner =>
            {
                var service = _services[owner.Service].Name;
                return DnsRecord.Pointer(name, Ttl, owner.Hostname.Length == 0 ? service : service.Prepend(owner.Hostname));
            });
            return Select([.. records], [], type, zone);
        }
        foreach (var network in _ownNetworks)
        {
            if (network.Contains(address))
                return new DnsAnswer(DnsRcode.NxDomain, [], [Soa(zone)], []);
        }
        return null;
    }

    private DnsAnswer Select(ImmutableArray<DnsRecord> records, ImmutableArray<DnsRecord> additionals, DnsType type, DnsName? zone = null)
    {
        if (records is [{ Data: NameData alias, Type: DnsType.CNAME }] && type is not (DnsType.CNAME or DnsType.ANY))
            return new DnsAnswer(DnsRcode.NoError, records, [], [], alias.Target);
        var chosen = type == DnsType.ANY || records.All(r => r.Type == type) ? records : records.RemoveAll(r => r.Type != type);
        if (chosen.IsEmpty)
            return new DnsAnswer(DnsRcode.NoError, [], [Soa(zone ?? Zone)], []);
        return new DnsAnswer(DnsRcode.NoError, chosen, [], type == DnsType.SRV ? additionals : []);
    }

    private static DnsAnswer Found(ImmutableArray<DnsRecord> records) => new(DnsRcode.NoError, records, [], []);

    private DnsAnswer NoData() => new(DnsRcode.NoError, [], [Soa(Zone)], []);

    private DnsAnswer NotFound() => new(DnsRcode.NxDomain, [], [Soa(Zone)], []);

    private DnsName NameServer => Zone.Prepend("ns", "dns");

    private IEnumerable<IPAddress> DnsServiceAddresses() =>
        _services.TryGetValue((ClusterDnsOptions.ServiceNamespace, ClusterDnsOptions.ServiceName), out var service) ? service.Service.ClusterIps : [];

    // Refresh, retry and expire are for secondary servers, of which there are none; the values are CoreDNS'.
    private DnsRecord Soa(DnsName zone) => new(zone, DnsType.SOA, Ttl,
        new SoaData(NameServer, Zone.Prepend("hostmaster"), _serial, 7200, 1800, 86400, Ttl));

    private static IPAddress? TryReadReverse(DnsName name)
    {
        if (name.LabelsBelow(InAddrArpa) == 4)
        {
            Span<byte> bytes = stackalloc byte[4];
            for (var i = 0; i < 4; i++)
            {
                if (!byte.TryParse(name.Label(3 - i), System.Globalization.NumberStyles.None, null, out bytes[i]))
                    return null;
            }
            return new IPAddress(bytes);
        }
        if (name.LabelsBelow(Ip6Arpa) == 32)
        {
            Span<char> digits = stackalloc char[32];
            for (var i = 0; i < 32; i++)
            {
                if (name.Label(31 - i) is not [var digit] || !char.IsAsciiHexDigit(digit))
                    return null;
                digits[i] = digit;
            }
            return new IPAddress(Convert.FromHexString(digits));
        }
        return null;
    }

    /// <param name="Hostname">Empty for the Service's own name.</param>
    private readonly record struct ReverseName((string Namespace, string Name) Service, string Hostname);
}
