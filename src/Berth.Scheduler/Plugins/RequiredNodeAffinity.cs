using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Scheduler.Plugins;

/// <summary>A pod's node selector and required node affinity, compiled.</summary>
public sealed class RequiredNodeAffinity
{
    private readonly Selector _labels;
    private readonly List<NodeTerm>? _terms;

    /// <exception cref="FormatException">A term is malformed.</exception>
    public RequiredNodeAffinity(Pod pod)
    {
        var required = pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        IsEmpty = pod.Spec.NodeSelector.IsEmpty && required is null;
        _labels = LabelSelectors.FromLabels(pod.Spec.NodeSelector);
        _terms = required?.NodeSelectorTerms.Select(t => new NodeTerm(t)).ToList();
        Names = NamesOf(required);
    }

    /// <summary>True when every node will do.</summary>
    public bool IsEmpty { get; }

    /// <summary>The only nodes that can match, by name, when each term names its nodes (as for pods of a DaemonSet); null otherwise.</summary>
    public IReadOnlySet<string>? Names { get; }

    // Terms are alternatives; a term without conditions, and no term at all, match nothing.
    public bool Matches(Node node) =>
        IsEmpty || (_labels.Matches(node.Metadata.Labels) && (_terms is null || _terms.Exists(t => t.Matches(node))));

    private static HashSet<string>? NamesOf(NodeSelector? required)
    {
        if (required is null || required.NodeSelectorTerms.IsEmpty)
            return null;
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var term in required.NodeSelectorTerms)
        {
            HashSet<string>? named = null;
            foreach (var field in term.MatchFields)
            {
                if (field is not { Key: "metadata.name", Operator: "In" })
                    continue;
                if (named is null)
                    named = field.Values.ToHashSet(StringComparer.Ordinal);
                else
                    named.IntersectWith(field.Values);
            }

            if (named is null)
                return null;
            all.UnionWith(named);
        }

        return all;
    }
}
