using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Berth.Network.Policies;

/// <summary>
/// Turns rules into scripts that bring one nftables table from what was last applied to what is wanted. Owned by one loop, as
/// <see cref="Proxy.RuleTable"/>: a script is applied whole or not at all, then <see cref="Commit"/> or <see cref="Invalidate"/> follows.
/// </summary>
/// <remarks>
/// The way of a forwarded packet: (1) what belongs to a known connection passes; (2) a pod reaches itself; (3) its source's chain, if a policy
/// isolates that pod's egress; (4) its destination's chain, likewise. What the node itself sends is not forwarded: probes always arrive.
/// </remarks>
/// <param name="family">"ip" or "ip6"; or "bridge", for packets between pods of one bridge where the kernel does not show those to "ip".</param>
/// <param name="addresses">Family of the pods' addresses.</param>
internal sealed class PolicyTable(string family, string name, AddressFamily addresses, TimeProvider time)
{
    public const string Ingress = "ingress";
    public const string Egress = "egress";
    public const string Self = "self";

    // As in RuleTable: older kernels count references of map elements for a moment after they are gone.
    private static readonly TimeSpan ChainGrace = TimeSpan.FromSeconds(1);

    private readonly string _table = $"{family} {name}";
    private readonly Dictionary<string, long> _stale = [];
    private PolicyRules _applied = PolicyRules.Empty;
    private bool _full = true;

    public string Family => family;

    public string Name => name;

    public AddressFamily Addresses => addresses;

    private bool V6 => addresses == AddressFamily.InterNetworkV6;

    // Neighbours find each other by ICMPv6, also those of one bridge: no policy speaks of that.
    private string Neighbours => V6 ? "icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-query, mld-listener-report, mld2-listener-report } accept; " : "";

    public bool HasStale => _stale.Count > 0;

    public void Invalidate() => _full = true;

    /// <summary>Null where nothing is to change.</summary>
    public string? BuildScript(PolicyRules wanted)
    {
        var before = _full ? PolicyRules.Empty : _applied;
        var script = new StringBuilder();
        if (_full)
            script.Append(Base());
        foreach (var (set, _) in wanted.Sets.Where(s => !before.Sets.ContainsKey(s.Key)))
            Line($"add set {_table} {set} {{ type {TypeOf(set)}; }}");
        var chains = wanted.Chains.Where(c => !before.Chains.TryGetValue(c.Key, out var old) || !old.SequenceEqual(c.Value)).ToList();
        // All chains before all rules: rules jump to chains.
        foreach (var (chain, _) in chains)
            Line($"add chain {_table} {chain}");
        foreach (var (chain, rules) in chains)
        {
            Line($"flush chain {_table} {chain}");
            foreach (var rule in rules)
                Line($"add rule {_table} {chain} {rule}");
        }
        foreach (var (set, elements) in wanted.Sets)
        {
            var old = before.Sets.GetValueOrDefault(set, ImmutableHashSet<string>.Empty);
            Elements("delete", set, old.Except(elements));
            Elements("add", set, elements.Except(old));
        }
        var gone = before.Maps.Where(m => !wanted.Maps.TryGetValue(m.Key, out var now) || now != m.Value).ToList();
        var come = wanted.Maps.Where(m => !before.Maps.TryGetValue(m.Key, out var old) || old != m.Value).ToList();
        foreach (var map in new[] { Self, Ingress, Egress })
        {
            Elements("delete", map, gone.Where(m => m.Key.Map == map).Select(m => m.Key.Key));
            Elements("add", map, come.Where(m => m.Key.Map == map).Select(m => m.Value.Length > 0 ? $"{m.Key.Key} : {m.Value}" : m.Key.Key));
        }
        // Nothing leads there any more; they are deleted later. Sets that no rule names are deleted with them.
        foreach (var chain in before.Chains.Keys.Where(c => !wanted.Chains.ContainsKey(c)))
            Line($"flush chain {_table} {chain}");
        foreach (var set in before.Sets.Keys.Where(s => !wanted.Sets.ContainsKey(s)))
            Line($"delete set {_table} {set}");
        return script.Length == 0 ? null : script.ToString();

        void Line(string line) => script.Append(CultureInfo.InvariantCulture, $"{line}\n");

        void Elements(string verb, string set, IEnumerable<string> elements)
        {
            var text = string.Join(", ", elements);
            if (text.Length > 0)
                Line($"{verb} element {_table} {set} {{ {text} }}");
        }
    }

    /// <summary>The script for <paramref name="wanted"/> is in the kernel.</summary>
    public void Commit(PolicyRules wanted)
    {
        if (_full)
            _stale.Clear();
        else
        {
            foreach (var chain in _applied.Chains.Keys.Where(c => !wanted.Chains.ContainsKey(c)))
                _stale[chain] = time.GetTimestamp();
        }
        foreach (var chain in wanted.Chains.Keys)
            _stale.Remove(chain);
        _applied = wanted;
        _full = false;
    }

    /// <summary>Deletes chains that have been out of use long enough; null where there are none.</summary>
    public string? BuildRemoval()
    {
        var due = Due();
        return due.Count == 0 || _full ? null : string.Concat(due.Select(c => $"delete chain {_table} {c}\n"));
    }

    public void CommitRemoval()
    {
        foreach (var chain in Due())
            _stale.Remove(chain);
    }

    public string RenderRemoval() => $"add table {_table}\ndelete table {_table}\n";

    private List<string> Due() => [.. _stale.Where(c => time.GetElapsedTime(c.Value) >= ChainGrace).Select(c => c.Key)];

    private string Ip => V6 ? "ip6" : "ip";

    private string Address => V6 ? "ipv6_addr" : "ipv4_addr";

    private string TypeOf(string set) => set.StartsWith("ports-", StringComparison.Ordinal) ? $"{Address} . inet_proto . inet_service" : Address;

    // Before the Services' filter, where what nobody serves is refused. In the bridge family, priorities are named differently; numbers do.
    private string Base() => string.Create(CultureInfo.InvariantCulture, $$"""
        add table {{_table}}
        delete table {{_table}}
        table {{_table}} {
          comment "network policies of a Berth node"
          set {{Self}} { type {{Address}} . {{Address}}; }
          map {{Ingress}} { type {{Address}} : verdict; comment "pods that policies isolate from others"; }
          map {{Egress}} { type {{Address}} : verdict; comment "pods that policies keep to themselves"; }
          chain forward-egress { type filter hook forward priority -2; ct state established,related accept; {{Neighbours}}{{Ip}} saddr . {{Ip}} daddr @{{Self}} accept; {{Ip}} saddr vmap @{{Egress}}; }
          chain forward-ingress { type filter hook forward priority -1; ct state established,related accept; {{Neighbours}}{{Ip}} saddr . {{Ip}} daddr @{{Self}} accept; {{Ip}} daddr vmap @{{Ingress}}; }
        }

        """);
}
