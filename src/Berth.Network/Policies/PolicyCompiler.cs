using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Networking.V1;
using Berth.Api.Selection;
using IPAddress = System.Net.IPAddress;

namespace Berth.Network.Policies;

/// <summary>
/// From policies, pods and namespaces to one node's rules. Pure. A pod that some policy selects goes, by its address, to a chain that asks
/// each of its policies in turn, and drops what none of them accepts; all pods with the same policies share that chain, and all policies
/// with the same peers share one set of addresses, so that a pod that comes or goes changes elements alone.
/// </summary>
internal sealed class PolicyCompiler
{
    private readonly string _node;
    private readonly string _ip;
    private readonly AddressFamily _family;
    private readonly IReadOnlyDictionary<string, ApiMap<string>> _namespaces;
    private readonly ILookup<string, PolicyPod> _pods;
    private readonly Dictionary<string, ImmutableArray<string>> _chains = [];
    private readonly Dictionary<string, IReadOnlySet<string>> _sets = [];
    private readonly Dictionary<(string Map, string Key), string> _maps = [];

    private PolicyCompiler(string node, AddressFamily family, IReadOnlyDictionary<string, ApiMap<string>> namespaces, IEnumerable<PolicyPod> pods)
    {
        _node = node;
        _family = family;
        _ip = family == AddressFamily.InterNetworkV6 ? "ip6" : "ip";
        _namespaces = namespaces;
        _pods = pods.ToLookup(p => p.Key.Namespace, StringComparer.Ordinal);
    }

    /// <param name="node">Only its own pods are guarded here; each node guards its own.</param>
    /// <param name="namespaces">Labels by name.</param>
    public static PolicyRules Compile(
        string node, AddressFamily family, IReadOnlyDictionary<string, ApiMap<string>> namespaces, IEnumerable<PolicyPod> pods, IEnumerable<NetworkPolicy> policies)
    {
        var compiler = new PolicyCompiler(node, family, namespaces, pods);
        foreach (var group in policies.GroupBy(p => p.Metadata.Namespace, StringComparer.Ordinal))
            compiler.CompileNamespace(group.Key, [.. group.OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)]);
        return new PolicyRules(compiler._chains, compiler._sets, compiler._maps);
    }

    public static bool AppliesTo(NetworkPolicy policy, string direction) => policy.Spec.PolicyTypes.IsEmpty
        ? direction == "Ingress" || !policy.Spec.Egress.IsEmpty
        : policy.Spec.PolicyTypes.Contains(direction);

    private void CompileNamespace(string ns, ImmutableArray<NetworkPolicy> policies)
    {
        var local = _pods[ns].Where(p => p.Node == _node).ToList();
        if (local.Count == 0)
            return;
        var selectors = policies.Select(p => LabelSelectors.Compile(p.Spec.PodSelector)).ToList();
        foreach (var pod in local)
        {
            var selecting = policies.Where((_, i) => selectors[i].Matches(pod.Labels)).ToList();
            Guard(pod, PolicyTable.Ingress, selecting.Where(p => AppliesTo(p, "Ingress")), IngressChain);
            Guard(pod, PolicyTable.Egress, selecting.Where(p => AppliesTo(p, "Egress")), EgressChain);
        }
    }

    private void Guard(PolicyPod pod, string map, IEnumerable<NetworkPolicy> policies, Func<NetworkPolicy, string> chainOf)
    {
        var chains = policies.Select(chainOf).ToList();
        if (chains.Count == 0)
            return;
        var chain = $"pods-{map}-{Hash(string.Join("\n", chains))}";
        _chains[chain] = [.. chains.Select(c => $"jump {c}"), "drop"];
        foreach (var address in pod.Addresses.Where(a => a.AddressFamily == _family))
        {
            _maps[(map, address.ToString())] = $"goto {chain}";
            _maps[(PolicyTable.Self, $"{address} . {address}")] = "";
        }
    }

    private string IngressChain(NetworkPolicy policy) =>
        Chain(policy, "in", "saddr", [.. policy.Spec.Ingress.Select(r => (r.From, r.Ports))]);

    private string EgressChain(NetworkPolicy policy) =>
        Chain(policy, "out", "daddr", [.. policy.Spec.Egress.Select(r => (r.To, r.Ports))]);

    private string Chain(NetworkPolicy policy, string direction, string side, ImmutableArray<(ApiList<NetworkPolicyPeer> Peers, ApiList<NetworkPolicyPort> Ports)> rules)
    {
        var text = $"{policy.Metadata.Namespace}/{policy.Metadata.Name}";
        var name = $"{direction}-{Hash(text)}-{text}";
        name = name.Length <= 100 ? name : name[..100];
        if (_chains.ContainsKey(name))
            return name;
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var (peers, ports) in rules)
        {
            var sources = peers.IsEmpty ? [""] : peers.Select(p => Peer(policy.Metadata.Namespace, p, side)).OfType<string>();
            foreach (var source in sources)
            {
                foreach (var port in ports.IsEmpty ? [""] : ports.Select(Port))
                    lines.Add($"{source}{port}accept");
            }
        }
        _chains[name] = [.. lines.Distinct()];
        return name;
    }

    /// <summary>Null for a peer that cannot match in this family.</summary>
    private string? Peer(string ns, NetworkPolicyPeer peer, string side)
    {
        if (peer.IpBlock is { } block)
        {
            if (!IPNetwork.TryParse(block.Cidr, out var cidr) || cidr.BaseAddress.AddressFamily != _family)
                return null;
            var except = block.Except.Where(e => IPNetwork.TryParse(e, out _)).Distinct().ToList();
            // One comparison each: an anonymous set would refuse exceptions that overlap.
            return $"{_ip} {side} {cidr} " + string.Concat(except.Select(e => $"{_ip} {side} != {e} "));
        }
        return $"{_ip} {side} @{PeerSet(ns, peer)} ";
    }

    private string PeerSet(string ns, NetworkPolicyPeer peer)
    {
        var identity = $"{(peer.NamespaceSelector is null ? ns : "")}\n{Text(peer.NamespaceSelector)}\n{Text(peer.PodSelector)}";
        var name = $"peers-{Hash(identity)}";
        if (_sets.ContainsKey(name))
            return name;
        IEnumerable<string> namespaces = [ns];
        if (peer.NamespaceSelector is { } namespaceSelector)
        {
            var selector = LabelSelectors.Compile(namespaceSelector);
            namespaces = _namespaces.Where(n => selector.Matches(n.Value)).Select(n => n.Key);
        }
        // No pod selector beside a namespace selector means all pods.
        var pods = LabelSelectors.Compile(peer.PodSelector ?? LabelSelector.Empty);
        _sets[name] = namespaces.SelectMany(n => _pods[n]).Where(p => pods.Matches(p.Labels))
            .SelectMany(p => p.Addresses).Where(a => a.AddressFamily == _family).Select(a => a.ToString()).ToHashSet(StringComparer.Ordinal);
        return name;
    }

    private string Port(NetworkPolicyPort port)
    {
        var protocol = (port.Protocol is { Length: > 0 } given ? given : "TCP").ToLowerInvariant();
        return port.Port switch
        {
            null => $"meta l4proto {protocol} ",
            { IsString: true } named => $"{_ip} daddr . meta l4proto . th dport @{PortSet(named.String!, protocol)} ",
            { } number when port.EndPort is { } last && last > number.Int => string.Create(CultureInfo.InvariantCulture, $"meta l4proto {protocol} th dport {number.Int}-{last} "),
            { } number => string.Create(CultureInfo.InvariantCulture, $"meta l4proto {protocol} th dport {number.Int} "),
        };
    }

    // A named port is another number on each pod that has it: the name stands for (address, protocol, number) of all of them.
    private string PortSet(string port, string protocol)
    {
        var name = $"ports-{Hash($"{port}/{protocol}")}";
        if (!_sets.ContainsKey(name))
        {
            _sets[name] = _pods.SelectMany(g => g)
                .SelectMany(p => p.Ports.Where(n => n.Name == port && n.Protocol.Equals(protocol, StringComparison.OrdinalIgnoreCase))
                    .SelectMany(n => p.Addresses.Where(a => a.AddressFamily == _family).Select(a => string.Create(CultureInfo.InvariantCulture, $"{a} . {protocol} . {n.Number}"))))
                .ToHashSet(StringComparer.Ordinal);
        }
        return name;
    }

    private static string Text(LabelSelector? selector) => selector is null ? "-" : Encoding.UTF8.GetString(ApiJson.Serialize(selector));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
