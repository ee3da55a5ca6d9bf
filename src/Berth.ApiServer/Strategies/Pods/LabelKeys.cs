using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Strategies.Pods;

/// <summary>
/// Turns <c>matchLabelKeys</c> and <c>mismatchLabelKeys</c> of affinity and spreading into requirements with the pod's own label
/// values, once, when the pod is made, so that the scheduler needs to look at selectors only.
/// </summary>
internal static class LabelKeys
{
    public static PodSpec IntoSelectors(PodSpec spec, ApiMap<string> labels)
    {
        var affinity = spec.Affinity;
        if (affinity?.PodAffinity is { } near)
        {
            affinity = affinity with
            {
                PodAffinity = near with
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = near.RequiredDuringSchedulingIgnoredDuringExecution.Map(t => Merge(t, labels)),
                    PreferredDuringSchedulingIgnoredDuringExecution = near.PreferredDuringSchedulingIgnoredDuringExecution.Map(t => Merge(t, labels)),
                },
            };
        }

        if (affinity?.PodAntiAffinity is { } far)
        {
            affinity = affinity with
            {
                PodAntiAffinity = far with
                {
                    RequiredDuringSchedulingIgnoredDuringExecution = far.RequiredDuringSchedulingIgnoredDuringExecution.Map(t => Merge(t, labels)),
                    PreferredDuringSchedulingIgnoredDuringExecution = far.PreferredDuringSchedulingIgnoredDuringExecution.Map(t => Merge(t, labels)),
                },
            };
        }

        var spread = spec.TopologySpreadConstraints.Map(c => c.LabelSelector is null || c.MatchLabelKeys.IsEmpty
            ? c
            : c with { LabelSelector = Merge(c.LabelSelector, c.MatchLabelKeys, "In", labels) });
        return affinity == spec.Affinity && ReferenceEquals(spread, spec.TopologySpreadConstraints)
            ? spec
            : spec with { Affinity = affinity, TopologySpreadConstraints = spread };
    }

    private static WeightedPodAffinityTerm Merge(WeightedPodAffinityTerm weighted, ApiMap<string> labels)
    {
        var term = Merge(weighted.PodAffinityTerm, labels);
        return ReferenceEquals(term, weighted.PodAffinityTerm) ? weighted : weighted with { PodAffinityTerm = term };
    }

    private static PodAffinityTerm Merge(PodAffinityTerm term, ApiMap<string> labels)
    {
        if (term.LabelSelector is null || (term.MatchLabelKeys.IsEmpty && term.MismatchLabelKeys.IsEmpty))
            return term;
        var selector = Merge(term.LabelSelector, term.MatchLabelKeys, "In", labels);
        return term with { LabelSelector = Merge(selector, term.MismatchLabelKeys, "NotIn", labels) };
    }

    private static LabelSelector Merge(LabelSelector selector, ApiList<string> keys, string op, ApiMap<string> labels)
    {
        foreach (var key in keys)
        {
            if (labels.TryGetValue(key, out var value))
            {
                var requirement = new LabelSelectorRequirement { Key = key, Operator = op, Values = [value] };
                if (!selector.MatchExpressions.Contains(requirement))
                    selector = selector with { MatchExpressions = selector.MatchExpressions.Add(requirement) };
            }
        }

        return selector;
    }
}
