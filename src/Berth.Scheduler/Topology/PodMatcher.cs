using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Scheduler.Topology;

/// <summary>Which pods are meant: one or more clauses that must all hold. Immutable; two with the same <see cref="Key"/> mean the same pods.</summary>
public sealed class PodMatcher
{
    private readonly Clause[] _clauses;
    private readonly bool _livingOnly;

    private PodMatcher(Clause[] clauses, bool livingOnly)
    {
        _clauses = clauses;
        _livingOnly = livingOnly;
        Key = (livingOnly ? "living " : "all ") + string.Join(" & ", clauses.Select(c => c.Key));
        foreach (var requirement in clauses.SelectMany(c => c.Selector.Requirements))
        {
            if (requirement is { Operator: SelectorOperator.In, Values.Count: 1 })
            {
                Label = (requirement.Key, requirement.Values[0]);
                break;
            }
        }
    }

    public string Key { get; }

    /// <summary>A label that every matching pod has; null when the clauses name none. Matchers are filed under it.</summary>
    public (string Key, string Value)? Label { get; }

    /// <summary>True when a change of a namespace's labels can change what is meant.</summary>
    public bool LooksAtNamespaces => Array.Exists(_clauses, c => !ReferenceEquals(c.NamespaceSelector, Selector.Nothing));

    /// <summary>Pods of one namespace that are not being deleted: what spreading counts.</summary>
    public static PodMatcher Living(string ns, Selector selector) => new([new Clause([ns], Selector.Nothing, selector)], livingOnly: true);

    /// <summary>Pods that a term of affinity or anti-affinity of <paramref name="owner"/> means.</summary>
    /// <exception cref="FormatException">A selector of the term is malformed.</exception>
    public static PodMatcher Of(PodAffinityTerm term, Pod owner)
    {
        // Without any word about namespaces, the owner's own is meant.
        var own = term.Namespaces.IsEmpty && term.NamespaceSelector is null;
        string[] names = own ? [owner.Metadata.Namespace] : [.. term.Namespaces.Order(StringComparer.Ordinal)];
        return new([new Clause(names, LabelSelectors.Compile(term.NamespaceSelector), LabelSelectors.Compile(term.LabelSelector))], livingOnly: false);
    }

    /// <summary>Pods that all of the matchers mean.</summary>
    public static PodMatcher All(IReadOnlyList<PodMatcher> matchers) =>
        matchers.Count == 1 ? matchers[0] : new([.. matchers.SelectMany(m => m._clauses)], matchers.Any(m => m._livingOnly));

    public bool Matches(Pod pod, IReadOnlyDictionary<string, ApiMap<string>> namespaces) =>
        Matches(pod.Metadata.Namespace, pod.Metadata.Labels, pod.Metadata.DeletionTimestamp is not null, namespaces);

    /// <param name="namespaces">Labels of the namespaces that are known.</param>
    public bool Matches(string ns, ApiMap<string> labels, bool terminating, IReadOnlyDictionary<string, ApiMap<string>> namespaces)
    {
        if (_livingOnly && terminating)
            return false;
        foreach (var clause in _clauses)
        {
            if (!clause.Selector.Matches(labels))
                return false;
            if (Array.IndexOf(clause.Namespaces, ns) < 0
                && (ReferenceEquals(clause.NamespaceSelector, Selector.Nothing)
                    || !clause.NamespaceSelector.Matches(namespaces.TryGetValue(ns, out var found) ? found : [])))
                return false;
        }

        return true;
    }

    private sealed record Clause(string[] Namespaces, Selector NamespaceSelector, Selector Selector)
    {
        public string Key => $"{string.Join(",", Namespaces)}|{NamespaceSelector}|{Selector}";
    }
}
