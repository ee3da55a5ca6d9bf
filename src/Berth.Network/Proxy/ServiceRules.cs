using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Berth.Network.Proxy;

/// <summary>
/// From one Service to its nftables rules. Pure: the same Service and context give the same text. The maps that the elements go into, and
/// the chains that look there, are <see cref="BaseRules"/>.
/// </summary>
/// <remarks>
/// A packet to a Service is found in one map look-up by (address, protocol, port), so that the number of Services does not make packets
/// slower. A plain Service has no chain of its own: a shared one picks an endpoint by a second look-up, and a change of its endpoints
/// changes elements alone. That takes the kernel a twentieth of the time of a changed rule, for which it goes through the whole table again.
/// Services that are reached from outside have a chain that picks: by a few rules, or for many endpoints by one map. Only Services with
/// client affinity need a chain for each endpoint, to remember who was sent there.
/// </remarks>
internal sealed class ServiceRules
{
    /// <summary>Endpoints up to which rules are tried one after the other. Only a flow's first packet sees them, at some 50 ns each.</summary>
    private const int RulesMax = 8;

    private readonly ProxyService _service;
    private readonly ProxyContext _context;
    private readonly ImmutableArray<NftChain>.Builder _chains = ImmutableArray.CreateBuilder<NftChain>();
    private readonly ImmutableArray<NftAffinitySet>.Builder _affinitySets = ImmutableArray.CreateBuilder<NftAffinitySet>();
    private readonly ImmutableArray<NftElement>.Builder _elements = ImmutableArray.CreateBuilder<NftElement>();

    private ServiceRules(ProxyService service, ProxyContext context)
    {
        _service = service;
        _context = context;
    }

    public static RuleFragment Render(ProxyService service, ProxyContext context)
    {
        if (service.ClusterIps.FirstOrDefault(a => a.AddressFamily == context.Family) is not { } clusterIp)
            return RuleFragment.Empty;
        var rules = new ServiceRules(service, context);
        rules._elements.Add(new NftElement(BaseRules.ClusterIps, clusterIp.ToString()));
        foreach (var port in service.Ports)
            rules.RenderPort(clusterIp, port);
        return new RuleFragment(rules._chains.ToImmutable(), rules._affinitySets.ToImmutable(), [.. rules._elements.Distinct()]);
    }

    private void RenderPort(IPAddress clusterIp, ProxyPort port)
    {
        var choice = EndpointChoice.Of(_service, port, _context);
        var externalIps = Own(_service.ExternalIps);
        var loadBalancerIps = Own(_service.LoadBalancerIps);
        var isExternal = port.NodePort != 0 || !externalIps.IsEmpty || !loadBalancerIps.IsEmpty;
        // External traffic under policy Local still needs the cluster's endpoints, for clients that are pods or the node itself.
        var usesCluster = !choice.Cluster.IsEmpty && (!_service.InternalTrafficLocal || isExternal);
        var usesLocal = !choice.Local.IsEmpty && (_service.InternalTrafficLocal || (_service.ExternalTrafficLocal && isExternal));

        var isPlain = usesCluster && !isExternal && _service.ClientAffinity is null && choice.Cluster.Length <= BaseRules.PickMax;
        var clusterChain = isPlain ? BaseRules.Pick(choice.Cluster.Length) : Name("svc", port);
        var localChain = Name("local", port);
        var externalChain = Name("ext", port);
        if (_service.ClientAffinity is { } affinity)
            RenderEndpointChains(port, [.. (usesCluster ? choice.Cluster : []).Union(usesLocal ? choice.Local : [])], affinity);
        if (isPlain)
            RenderEndpoints(clusterIp, port, choice.Cluster);
        else if (usesCluster)
            _chains.Add(new NftChain(clusterChain, Balance(port, choice.Cluster)));
        if (usesLocal)
            _chains.Add(new NftChain(localChain, Balance(port, choice.Local)));
        if (choice.Any && isExternal)
        {
            var target = !_service.ExternalTrafficLocal ? clusterChain : usesLocal ? localChain : null;
            _chains.Add(new NftChain(externalChain, ExternalRules(clusterChain, target)));
        }
        RenderHairpins(choice, usesCluster, usesLocal);

        var internalTarget = !_service.InternalTrafficLocal ? choice.Any ? clusterChain : null : usesLocal ? localChain : null;
        var externalServed = !_service.ExternalTrafficLocal ? choice.Any : usesLocal;
        // "drop" waits for an endpoint of this node to come, as senders may have good reason to expect; "reject" tells that there is none at all.
        var unserved = choice.Any ? "drop" : $"goto {BaseRules.Reject}";
        _elements.Add(internalTarget is null
            ? new NftElement(BaseRules.NoEndpointServices, Key(clusterIp, port), unserved)
            : new NftElement(BaseRules.ServiceIps, Key(clusterIp, port), $"goto {internalTarget}"));
        foreach (var address in externalIps.Union(loadBalancerIps))
        {
            if (choice.Any)
                _elements.Add(new NftElement(BaseRules.ServiceIps, Key(address, port), $"goto {externalChain}"));
            if (!externalServed)
                _elements.Add(new NftElement(BaseRules.NoEndpointServices, Key(address, port), unserved));
        }
        if (port.NodePort != 0)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{port.Protocol} . {port.NodePort}");
            if (choice.Any)
                _elements.Add(new NftElement(BaseRules.ServiceNodePorts, key, $"goto {externalChain}"));
            if (!externalServed)
                _elements.Add(new NftElement(BaseRules.NoEndpointNodePorts, key, unserved));
        }
        RenderFirewall(port, loadBalancerIps);
    }

    private void RenderEndpoints(IPAddress clusterIp, ProxyPort port, ImmutableArray<ProxyEndpoint> endpoints)
    {
        for (var i = 0; i < endpoints.Length; i++)
        {
            var (key, endpoint) = (Key(clusterIp, port), endpoints[i]);
            _elements.Add(new NftElement(BaseRules.Endpoints, string.Create(CultureInfo.InvariantCulture, $"{key} . {i}"), string.Create(CultureInfo.InvariantCulture, $"{endpoint.Address} . {endpoint.Port}")));
        }
    }

    // Node ports are not subject to the source ranges: they never were, and people rely on it.
    private void RenderFirewall(ProxyPort port, ImmutableArray<IPAddress> loadBalancerIps)
    {
        var ranges = _service.LoadBalancerSourceRanges.RemoveAll(r => r.BaseAddress.AddressFamily != _context.Family);
        if (loadBalancerIps.IsEmpty || ranges.IsEmpty || ranges.Any(r => r.PrefixLength == 0))
            return;
        var sources = ranges.Select(r => r.ToString());
        // A node that holds the balancer's address itself sends from that address.
        if (ranges.Any(r => _context.NodePortAddresses.Any(r.Contains)))
            sources = sources.Concat(loadBalancerIps.Select(a => a.ToString()));
        var chain = Name("fw", port);
        _chains.Add(new NftChain(chain, [$"{_context.Ip} saddr != {{ {string.Join(", ", sources)} }} drop"]));
        foreach (var address in loadBalancerIps)
            _elements.Add(new NftElement(BaseRules.FirewallIps, Key(address, port), $"goto {chain}"));
    }

    private ImmutableArray<string> ExternalRules(string clusterChain, string? target)
    {
        if (!_service.ExternalTrafficLocal)
            return [BaseRules.MarkForMasquerade(_context), $"goto {clusterChain}"];
        // Pods and the node itself see no traffic policy: for them it is as if they went out to a load balancer and came back in anywhere.
        ImmutableArray<string> rules =
        [
            $"{_context.Ip} saddr {_context.PodNetwork} goto {clusterChain}",
            $"fib saddr type local {BaseRules.MarkForMasquerade(_context)}",
            $"fib saddr type local goto {clusterChain}",
        ];
        return target is null ? rules : rules.Add($"goto {target}");
    }

    private ImmutableArray<string> Balance(ProxyPort port, ImmutableArray<ProxyEndpoint> endpoints)
    {
        if (_service.ClientAffinity is { } affinity)
        {
            return
            [
                .. endpoints.Select(e => $"{_context.Ip} saddr @{AffinitySet(port, e, affinity)} goto {EndpointChain(port, e)}"),
                .. Choose(endpoints, e => $"goto {EndpointChain(port, e)}")
                    ?? [$"numgen random mod {endpoints.Length} vmap {{ {string.Join(", ", endpoints.Select((e, i) => $"{i} : goto {EndpointChain(port, e)}"))} }}"],
            ];
        }
        var protocol = $"meta l4proto {port.Protocol}";
        return Choose(endpoints, e => $"{protocol} dnat to {Target(e)}")
            ?? [$"{protocol} dnat {_context.Ip} addr . port to numgen random mod {endpoints.Length} map {{ {string.Join(", ", endpoints.Select(MapEntry))} }}"];

        static string MapEntry(ProxyEndpoint endpoint, int index) =>
            string.Create(CultureInfo.InvariantCulture, $"{index} : {endpoint.Address} . {endpoint.Port}");
    }

    /// <summary>
    /// One rule for each endpoint, the first taken with probability 1/n, the next with 1/(n-1) and so on; null past <see cref="RulesMax"/>.
    /// Ten thousand Services of three endpoints load in 1 s this way. With a map in each, which the kernel has to number, it takes 10 s.
    /// </summary>
    private static ImmutableArray<string>? Choose(ImmutableArray<ProxyEndpoint> endpoints, Func<ProxyEndpoint, string> verdict)
    {
        if (endpoints.Length > RulesMax)
            return null;
        return [.. endpoints.Select((e, i) => (endpoints.Length - i) is > 1 and var left
            ? string.Create(CultureInfo.InvariantCulture, $"numgen random mod {left} 0 {verdict(e)}")
            : verdict(e))];
    }

    private void RenderEndpointChains(ProxyPort port, IEnumerable<ProxyEndpoint> endpoints, TimeSpan affinity)
    {
        foreach (var endpoint in endpoints)
        {
            var set = AffinitySet(port, endpoint, affinity);
            _affinitySets.Add(new NftAffinitySet(set, (int)affinity.TotalSeconds));
            _chains.Add(new NftChain(EndpointChain(port, endpoint),
            [
                $"update @{set} {{ {_context.Ip} saddr }}",
                $"meta l4proto {port.Protocol} dnat to {Target(endpoint)}",
            ]));
        }
    }

    // A pod that reaches itself through a Service must not see its own address as the client's: it would answer to itself, not through us.
    private void RenderHairpins(EndpointChoice choice, bool usesCluster, bool usesLocal)
    {
        foreach (var endpoint in (usesCluster ? choice.Cluster : []).Concat(usesLocal ? choice.Local : []))
        {
            if (endpoint.NodeName == _context.NodeName)
                _elements.Add(new NftElement(BaseRules.Hairpins, $"{endpoint.Address} . {endpoint.Address}"));
        }
    }

    private ImmutableArray<IPAddress> Own(ImmutableArray<IPAddress> addresses) => addresses.RemoveAll(a => a.AddressFamily != _context.Family);

    private static string Key(IPAddress address, ProxyPort port) =>
        string.Create(CultureInfo.InvariantCulture, $"{address} . {port.Protocol} . {port.Port}");

    private static string Target(ProxyEndpoint endpoint) => new IPEndPoint(endpoint.Address, endpoint.Port).ToString();

    private string EndpointChain(ProxyPort port, ProxyEndpoint endpoint) => Name("ep", port, Target(endpoint));

    private string AffinitySet(ProxyPort port, ProxyEndpoint endpoint, TimeSpan affinity) =>
        Name("aff", port, string.Create(CultureInfo.InvariantCulture, $"{Target(endpoint)}/{affinity.TotalSeconds}"));

    /// <summary>
    /// For example "svc-3KQ7ZB2MTN-default/web/tcp/http": the hash makes it the only one, the rest is for who reads the rules. nftables of
    /// the supported distributions takes names up to 128 bytes.
    /// </summary>
    private string Name(string kind, ProxyPort port, string detail = "")
    {
        var text = $"{_service.Namespace}/{_service.Name}/{port.Protocol}/{(port.Name.Length > 0 ? port.Name : port.Port.ToString(CultureInfo.InvariantCulture))}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{text}\n{detail}"), hash);
        var name = $"{kind}-{Convert.ToHexStringLower(hash[..6])}-{text}";
        return name.Length <= 100 ? name : name[..100];
    }
}
