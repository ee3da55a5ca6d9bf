using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Node selector and node affinity: required terms filter, preferred terms score by their weight.</summary>
public sealed class NodeAffinity : IFilterPlugin, IScorePlugin
{
    public string Name => nameof(NodeAffinity);

    public int Weight => 2;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var spec = pod.Pod.Spec;
        var required = spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        if (spec.NodeSelector.IsEmpty && required is null)
            return;
        var labels = LabelSelectors.FromLabels(spec.NodeSelector);
        var terms = required?.NodeSelectorTerms.Select(t => new Term(t)).ToList();
        foreach (var row in candidates.Remaining)
        {
            var node = state.Node(row);
            // Terms are alternatives; a term without conditions, and no term at all, match nothing.
            if (!labels.Matches(node.Metadata.Labels) || (terms is not null && !terms.Exists(t => t.Matches(node))))
                candidates.Reject(row, Name, resolvable: false, "node(s) didn't match Pod's node affinity/selector");
        }
    }

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        var preferred = pod.Pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution;
        if (preferred is null || preferred.IsEmpty)
            return;
        var terms = preferred.Select(p => (p.Weight, Term: new Term(p.Preference))).ToList();
        foreach (var row in nodes)
        {
            var node = state.Node(row);
            foreach (var (weight, term) in terms)
            {
                if (term.Matches(node))
                    scores[row] += weight;
            }
        }

        Normalization.ByMax(nodes, scores, reverse: false);
    }

    private sealed class Term
    {
        private readonly Selector _labels;
        private readonly Selector _fields;
        private readonly bool _empty;

        public Term(NodeSelectorTerm term)
        {
            _empty = term.MatchExpressions.IsEmpty && term.MatchFields.IsEmpty;
            _labels = LabelSelectors.Compile(term.MatchExpressions);
            _fields = LabelSelectors.Compile(term.MatchFields);
        }

        // metadata.name is the only field that the API allows here.
        public bool Matches(Node node) =>
            !_empty && _labels.Matches(node.Metadata.Labels) && _fields.Matches(Berth.Api.ApiMap.Of(("metadata.name", node.Metadata.Name)));
    }
}
