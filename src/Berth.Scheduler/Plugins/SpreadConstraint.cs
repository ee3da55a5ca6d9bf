using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Scheduler.Plugins;

/// <summary>One rule of spreading, compiled for one pod.</summary>
/// <param name="SkewMax">How many more matching pods a domain may have than the emptiest.</param>
/// <param name="DomainsMin">With fewer domains than this, the emptiest counts as having none.</param>
/// <param name="HonorAffinity">Only nodes that the pod's node affinity allows are counted.</param>
/// <param name="HonorTaints">Only nodes whose taints the pod tolerates are counted.</param>
internal sealed record SpreadConstraint(string TopologyKey, int SkewMax, int DomainsMin, Selector Selector, bool HonorAffinity, bool HonorTaints)
{
    public const string Hostname = "kubernetes.io/hostname";

    /// <exception cref="FormatException">The selector is malformed.</exception>
    public static SpreadConstraint Of(TopologySpreadConstraint constraint, ApiMap<string> podLabels, Selector? selector = null)
    {
        if (selector is null)
        {
            var asked = constraint.LabelSelector;
            // The API server has merged these keys where it knows them; elsewhere it is left to the scheduler.
            foreach (var key in constraint.MatchLabelKeys)
            {
                if (asked is not null && podLabels.TryGetValue(key, out var value))
                    asked = asked with { MatchExpressions = asked.MatchExpressions.Add(new() { Key = key, Operator = "In", Values = [value] }) };
            }

            selector = LabelSelectors.Compile(asked);
        }

        return new(
            constraint.TopologyKey,
            constraint.MaxSkew,
            constraint.MinDomains ?? 1,
            selector,
            HonorAffinity: constraint.NodeAffinityPolicy is null or "Honor",
            HonorTaints: constraint.NodeTaintsPolicy == "Honor");
    }
}
