using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Scheduler.Plugins;

/// <summary>One term of a node selector, compiled.</summary>
/// <exception cref="FormatException">The term is malformed.</exception>
public sealed class NodeTerm(NodeSelectorTerm term)
{
    private readonly Selector _labels = LabelSelectors.Compile(term.MatchExpressions);
    private readonly Selector _fields = LabelSelectors.Compile(term.MatchFields);

    /// <summary>A term without conditions: as a requirement it matches nothing.</summary>
    public bool IsEmpty { get; } = term.MatchExpressions.IsEmpty && term.MatchFields.IsEmpty;

    // metadata.name is the only field that the API allows here.
    public bool Matches(Node node) =>
        !IsEmpty && _labels.Matches(node.Metadata.Labels) && _fields.Matches(ApiMap.Of(("metadata.name", node.Metadata.Name)));
}
