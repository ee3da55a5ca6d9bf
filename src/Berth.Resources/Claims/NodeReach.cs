using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Resources.Claims;

/// <summary>From which nodes something can be used: one node by name, those that a selector matches, or all. Pure.</summary>
public sealed record NodeReach
{
    public string NodeName { get; init; } = "";

    public NodeSelector? Selector { get; init; }

    public bool AllNodes { get; init; }

    public static NodeReach Nowhere { get; } = new();

    /// <exception cref="FormatException">The selector is malformed.</exception>
    public bool Includes(Node node)
    {
        if (NodeName.Length > 0)
            return NodeName == node.Metadata.Name;
        return AllNodes || (Selector is not null && Matches(Selector, node));
    }

    /// <summary>Terms are alternatives; a term without conditions matches nothing.</summary>
    /// <exception cref="FormatException">The selector is malformed.</exception>
    public static bool Matches(NodeSelector selector, Node node)
    {
        foreach (var term in selector.NodeSelectorTerms)
        {
            if (term.MatchExpressions.IsEmpty && term.MatchFields.IsEmpty)
                continue;
            if (LabelSelectors.Compile(term.MatchExpressions).Matches(node.Metadata.Labels)
                && LabelSelectors.Compile(term.MatchFields).Matches(ApiMap.Of(("metadata.name", node.Metadata.Name))))
                return true;
        }

        return false;
    }
}
