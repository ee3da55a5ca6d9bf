using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Resources.Volumes;

/// <summary>From which nodes a volume can be reached. Pure.</summary>
public static class VolumeTopology
{
    /// <summary>True too for a volume that says nothing: it can be reached from everywhere.</summary>
    public static bool Reaches(PersistentVolume volume, ApiMap<string> nodeLabels)
    {
        if (volume.Spec.NodeAffinity?.Required is not { } required)
            return true;
        foreach (var term in required.NodeSelectorTerms)
        {
            // Fields of nodes are not allowed here; a term without conditions matches nothing.
            if (!term.MatchExpressions.IsEmpty && LabelSelectors.Compile(term.MatchExpressions).Matches(nodeLabels))
                return true;
        }

        return false;
    }

    /// <summary>Whether volumes of the class may be made for a node with these labels.</summary>
    public static bool Allows(ApiList<TopologySelectorTerm> allowed, ApiMap<string> nodeLabels)
    {
        if (allowed.IsEmpty)
            return true;
        foreach (var term in allowed)
        {
            if (!term.MatchLabelExpressions.IsEmpty && term.MatchLabelExpressions.All(e => nodeLabels.TryGetValue(e.Key, out var value) && e.Values.Contains(value)))
                return true;
        }

        return false;
    }
}
