using Berth.Api;
using Berth.Api.AdmissionRegistration.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>
/// The policies of one kind that somebody bound, by name and compiled, each with its bindings by name. Follows the stored objects;
/// any thread may ask.
/// </summary>
/// <param name="policyOf">Name of the policy that a binding is of.</param>
/// <param name="matchOf">What a binding means; null: all that its policy means.</param>
internal sealed class BoundPolicies<TPolicy, TSource, TBinding>(IObjectReader objects, Func<TBinding, string> policyOf, Func<TBinding, MatchResources?> matchOf)
    where TPolicy : class, ICompiledPolicy<TPolicy, TSource>
    where TSource : class, IApiObject<TSource>
    where TBinding : class, IApiObject<TBinding>
{
    private volatile Snapshot? _last;

    public IReadOnlyList<Entry> Current
    {
        get
        {
            // Versions first: what is listed behind them is at least as new.
            var versions = (objects.Version<TSource>(), objects.Version<TBinding>());
            var before = _last;
            if (before is not null && before.Versions == versions)
                return before.Entries;
            // Compiling costs more than all the rest: only what changed is compiled again.
            var known = before?.Entries.ToDictionary(e => e.Policy.Name, e => e.Policy, StringComparer.Ordinal);
            var bindings = objects.List<TBinding>().ToLookup(policyOf, StringComparer.Ordinal);
            var now = new Snapshot(versions, [.. objects.List<TSource>()
                .Where(s => bindings.Contains(s.Metadata.Name))
                .OrderBy(s => s.Metadata.Name, StringComparer.Ordinal)
                .Select(s => new Entry(
                    known?.GetValueOrDefault(s.Metadata.Name) is { } same && same.IsOf(s) ? same : TPolicy.Compile(s),
                    [.. bindings[s.Metadata.Name].OrderBy(b => b.Metadata.Name, StringComparer.Ordinal).Select(b => new Bound(b, matchOf(b) is { } m ? new PolicyMatch(m) : null))]))]);
            _last = now;
            return now.Entries;
        }
    }

    private sealed record Snapshot((long, long) Versions, IReadOnlyList<Entry> Entries);

    internal sealed record Bound(TBinding Source, PolicyMatch? Match);

    public sealed class Entry
    {
        private readonly IReadOnlyList<Bound> _bindings;

        internal Entry(TPolicy policy, IReadOnlyList<Bound> bindings) => (Policy, _bindings) = (policy, bindings);

        public TPolicy Policy { get; }

        /// <summary>The bindings by which the policy applies to a request; none when it does not mean the request. Asked as they are walked.</summary>
        /// <param name="value">As it is by now: what policies before changed counts.</param>
        public IEnumerable<TBinding> Meaning(PolicyRequest request, Func<IApiObject?> value, IApiObject? old)
        {
            if (!Means(Policy.Match))
                yield break;
            foreach (var binding in _bindings)
            {
                if (binding.Match is null || Means(binding.Match))
                    yield return binding.Source;
            }

            bool Means(PolicyMatch match) => match.Means(request.Attributes, request.Name, request.Labels, value(), old);
        }
    }
}
