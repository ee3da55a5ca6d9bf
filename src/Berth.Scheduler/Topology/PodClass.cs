using Berth.Api;

namespace Berth.Scheduler.Topology;

/// <summary>
/// Pods that no selector can tell apart: same namespace, same labels, alike in whether they are being deleted. Which counters
/// and terms mean them is worked out once for all.
/// </summary>
public sealed class PodClass
{
    internal PodClass(string ns, ApiMap<string> labels, bool terminating)
    {
        Namespace = ns;
        Labels = labels;
        Terminating = terminating;
    }

    public string Namespace { get; }

    public ApiMap<string> Labels { get; }

    public bool Terminating { get; }

    /// <summary>Terms of other pods that mean pods of this class.</summary>
    public IReadOnlyList<TermGroup> Terms => MatchingTerms;

    internal List<TermGroup> MatchingTerms { get; } = [];

    internal List<MatchCounter> Counters { get; } = [];

    /// <summary>Pods of the class by row.</summary>
    internal Dictionary<int, int> Rows { get; } = [];

    /// <summary>Pods that hold on to the class; at zero it is forgotten.</summary>
    internal int Users { get; set; }
}
