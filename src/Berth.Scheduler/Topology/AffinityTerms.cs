using Berth.Api.Core.V1;

namespace Berth.Scheduler.Topology;

/// <summary>A pod's terms of affinity and anti-affinity, compiled.</summary>
public sealed record AffinityTerms
{
    public static AffinityTerms None { get; } = new();

    public IReadOnlyList<AffinityTerm> Required { get; init; } = [];

    public IReadOnlyList<AffinityTerm> RequiredAnti { get; init; } = [];

    /// <summary>Weights of preferences against are negative.</summary>
    public IReadOnlyList<AffinityTerm> Preferred { get; init; } = [];

    public bool IsEmpty => Required.Count == 0 && RequiredAnti.Count == 0 && Preferred.Count == 0;

    /// <exception cref="FormatException">A selector is malformed.</exception>
    public static AffinityTerms Of(Pod pod)
    {
        var near = pod.Spec.Affinity?.PodAffinity;
        var far = pod.Spec.Affinity?.PodAntiAffinity;
        if (near is null && far is null)
            return None;
        AffinityTerm Compile(PodAffinityTerm term, int weight) => new(PodMatcher.Of(term, pod), term.TopologyKey, weight);
        return new()
        {
            Required = [.. (near?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => Compile(t, 0))],
            RequiredAnti = [.. (far?.RequiredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => Compile(t, 0))],
            Preferred =
            [
                .. (near?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => Compile(t.PodAffinityTerm, t.Weight)),
                .. (far?.PreferredDuringSchedulingIgnoredDuringExecution ?? []).Select(t => Compile(t.PodAffinityTerm, -t.Weight)),
            ],
        };
    }
}

/// <param name="Weight">Of a preference; zero for what is required.</param>
public sealed record AffinityTerm(PodMatcher Matcher, string TopologyKey, int Weight);
