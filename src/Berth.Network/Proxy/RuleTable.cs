using System.Globalization;
using System.Text;

namespace Berth.Network.Proxy;

/// <summary>
/// Turns fragments into scripts that bring the kernel's table from what was last applied to what is wanted. Owned by one loop. The caller
/// applies a script (nftables does all of it or nothing) and then calls <see cref="Commit"/>; where that failed it calls
/// <see cref="Invalidate"/>, and the next script replaces the whole table.
/// </summary>
internal sealed class RuleTable
{
    /// <summary>
    /// A chain that nothing points to any more can be deleted only after a moment: kernels before 6.2 count references of map elements until
    /// a grace period is over, and would refuse the whole script.
    /// </summary>
    private static readonly TimeSpan ChainGrace = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Dictionary<(string Namespace, string Name), RuleFragment> _wanted = [];
    private readonly Dictionary<(string Namespace, string Name), RuleFragment> _applied = [];
    private readonly HashSet<(string Namespace, string Name)> _changed = [];
    // Who wants an element. Two Services may claim one address and port (external addresses are not checked against each other); the first by
    // name has it, whatever the order they came in, and the other gets it when the first is gone.
    private readonly Dictionary<(string Set, string Key), SortedList<(string Namespace, string Name), string>> _claims = [];
    private readonly Dictionary<(string Set, string Key), string> _appliedElements = [];
    private readonly Dictionary<string, long> _staleChains = [];
    private ProxyContext _context;
    private bool _full = true;

    public RuleTable(ProxyContext context, TimeProvider time)
    {
        _context = context;
        _time = time;
    }

    public IReadOnlyDictionary<(string Namespace, string Name), RuleFragment> Wanted => _wanted;

    /// <summary>Whether a script would change anything.</summary>
    public bool IsDirty => _full || _changed.Count > 0;

    public bool HasStaleChains => _staleChains.Count > 0;

    /// <summary>The next script replaces the whole table. The fragments must be rendered anew for the new context by the caller.</summary>
    public void Reset(ProxyContext context)
    {
        _context = context;
        _full = true;
    }

    public void Invalidate() => _full = true;

    /// <summary>Sets what a Service wants; null or an empty fragment: nothing.</summary>
    public void Set((string Namespace, string Name) owner, RuleFragment? fragment)
    {
        if (_wanted.Remove(owner, out var old))
        {
            foreach (var element in old.Elements)
            {
                var claims = _claims[(element.Set, element.Key)];
                claims.Remove(owner);
                if (claims.Count == 0)
                    _claims.Remove((element.Set, element.Key));
            }
        }
        if (fragment is { Elements.IsEmpty: false })
        {
            _wanted[owner] = fragment;
            foreach (var element in fragment.Elements)
            {
                if (!_claims.TryGetValue((element.Set, element.Key), out var claims))
                    _claims[(element.Set, element.Key)] = claims = [];
                claims[owner] = element.Value;
            }
        }
        if (old is not null || fragment is { Elements.IsEmpty: false })
            _changed.Add(owner);
    }

    public string BuildScript() => _full ? BuildFull() : BuildIncremental();

    /// <summary>The last script is in the kernel.</summary>
    public void Commit()
    {
        if (_full)
        {
            _applied.Clear();
            _appliedElements.Clear();
            _staleChains.Clear();
            foreach (var (owner, fragment) in _wanted)
                _applied[owner] = fragment;
            foreach (var (key, claims) in _claims)
                _appliedElements[key] = claims.GetValueAtIndex(0);
        }
        else
        {
            foreach (var owner in _changed)
                CommitOwner(owner);
        }
        _full = false;
        _changed.Clear();
    }

    private void CommitOwner((string Namespace, string Name) owner)
    {
        foreach (var key in TouchedElements(owner))
        {
            if (_claims.TryGetValue(key, out var claims))
                _appliedElements[key] = claims.GetValueAtIndex(0);
            else
                _appliedElements.Remove(key);
        }
        var wanted = _wanted.GetValueOrDefault(owner, RuleFragment.Empty);
        foreach (var chain in _applied.GetValueOrDefault(owner, RuleFragment.Empty).Chains)
            _staleChains[chain.Name] = _time.GetTimestamp();
        foreach (var chain in wanted.Chains)
            _staleChains.Remove(chain.Name);
        if (ReferenceEquals(wanted, RuleFragment.Empty))
            _applied.Remove(owner);
        else
            _applied[owner] = wanted;
    }

    private HashSet<(string Set, string Key)> TouchedElements((string Namespace, string Name) owner) =>
    [
        .. _applied.GetValueOrDefault(owner, RuleFragment.Empty).Elements.Select(e => (e.Set, e.Key)),
        .. _wanted.GetValueOrDefault(owner, RuleFragment.Empty).Elements.Select(e => (e.Set, e.Key)),
    ];

    private string BuildFull()
    {
        var script = new ScriptWriter(_context);
        script.Raw(BaseRules.Render(_context));
        foreach (var fragment in _wanted.Values)
            script.Declare(fragment);
        foreach (var fragment in _wanted.Values)
        {
            foreach (var chain in fragment.Chains)
                script.Rules(chain);
        }
        foreach (var (key, claims) in _claims)
            script.Add(key.Set, key.Key, claims.GetValueAtIndex(0));
        return script.Finish();
    }

    private string BuildIncremental()
    {
        var script = new ScriptWriter(_context);
        foreach (var owner in _changed)
        {
            var old = _applied.GetValueOrDefault(owner, RuleFragment.Empty);
            var wanted = _wanted.GetValueOrDefault(owner, RuleFragment.Empty);
            var oldChains = old.Chains.ToDictionary(c => c.Name);
            var changedChains = wanted.Chains.RemoveAll(c => oldChains.TryGetValue(c.Name, out var before) && before.Equals(c));
            script.Declare(new RuleFragment(changedChains, wanted.AffinitySets.RemoveAll(old.AffinitySets.Contains), []));
            foreach (var chain in changedChains)
            {
                script.Flush(chain.Name);
                script.Rules(chain);
            }
            var names = wanted.Chains.Select(c => c.Name).ToHashSet();
            foreach (var chain in old.Chains.Where(c => !names.Contains(c.Name)))
                script.Flush(chain.Name);
            foreach (var set in old.AffinitySets.Where(s => !wanted.AffinitySets.Contains(s)))
                script.DeleteSet(set.Name);
            foreach (var key in TouchedElements(owner))
            {
                var value = _claims.TryGetValue(key, out var claims) ? claims.GetValueAtIndex(0) : null;
                var before = _appliedElements.GetValueOrDefault(key);
                if (value == before)
                    continue;
                if (before is not null)
                    script.Delete(key.Set, key.Key);
                if (value is not null)
                    script.Add(key.Set, key.Key, value);
            }
        }
        return script.Finish();
    }

    /// <summary>Deletes chains that have been out of use long enough; null where there are none. Separate, so that a kernel that still refuses spoils nothing.</summary>
    public string? BuildChainRemoval()
    {
        var due = _staleChains.Where(c => _time.GetElapsedTime(c.Value) >= ChainGrace).Select(c => c.Key).ToList();
        return due.Count == 0 || _full ? null : string.Concat(due.Select(c => $"delete chain {_context.Ip} {_context.Table} {c}\n"));
    }

    /// <summary>The script of <see cref="BuildChainRemoval"/> is in the kernel.</summary>
    public void CommitChainRemoval()
    {
        foreach (var chain in _staleChains.Where(c => _time.GetElapsedTime(c.Value) >= ChainGrace).Select(c => c.Key).ToList())
            _staleChains.Remove(chain);
    }

    /// <summary>Collects commands in the order that nftables needs: declarations, rules, deletions, elements; elements of one map in one command, which is several times faster.</summary>
    private sealed class ScriptWriter(ProxyContext context)
    {
        private readonly StringBuilder _declarations = new();
        private readonly StringBuilder _rules = new();
        private readonly StringBuilder _removedSets = new();
        private readonly SortedDictionary<string, StringBuilder> _added = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, StringBuilder> _deleted = new(StringComparer.Ordinal);
        private readonly HashSet<(string, string)> _seen = [];
        private readonly string _table = $"{context.Ip} {context.Table}";
        private readonly string _address = context.Family == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ipv6_addr" : "ipv4_addr";

        public void Raw(string text) => _declarations.Append(text);

        public void Declare(RuleFragment fragment)
        {
            foreach (var set in fragment.AffinitySets)
                _declarations.Append(CultureInfo.InvariantCulture, $"add set {_table} {set.Name} {{ type {_address}; flags dynamic,timeout; timeout {set.TimeoutSeconds}s; }}\n");
            foreach (var chain in fragment.Chains)
                _declarations.Append(CultureInfo.InvariantCulture, $"add chain {_table} {chain.Name}\n");
        }

        public void Flush(string chain) => _rules.Append(CultureInfo.InvariantCulture, $"flush chain {_table} {chain}\n");

        public void Rules(NftChain chain)
        {
            foreach (var rule in chain.Rules)
                _rules.Append(CultureInfo.InvariantCulture, $"add rule {_table} {chain.Name} {rule}\n");
        }

        public void DeleteSet(string set) => _removedSets.Append(CultureInfo.InvariantCulture, $"delete set {_table} {set}\n");

        public void Add(string set, string key, string value)
        {
            if (_seen.Add((set + "+", key)))
                Element(_added, set, value.Length == 0 ? key : $"{key} : {value}");
        }

        // Two changed Services may touch one element; it goes once.
        public void Delete(string set, string key)
        {
            if (_seen.Add((set + "-", key)))
                Element(_deleted, set, key);
        }

        private void Element(SortedDictionary<string, StringBuilder> commands, string set, string text)
        {
            if (!commands.TryGetValue(set, out var elements))
                commands[set] = elements = new StringBuilder();
            elements.Append(elements.Length == 0 ? "" : ", ").Append(text);
        }

        public string Finish()
        {
            var script = _declarations.Append(_rules);
            foreach (var (set, elements) in _deleted)
                script.Append(CultureInfo.InvariantCulture, $"delete element {_table} {set} {{ ").Append(elements).Append(" }\n");
            foreach (var (set, elements) in _added)
                script.Append(CultureInfo.InvariantCulture, $"add element {_table} {set} {{ ").Append(elements).Append(" }\n");
            return script.Append(_removedSets).ToString();
        }
    }
}
