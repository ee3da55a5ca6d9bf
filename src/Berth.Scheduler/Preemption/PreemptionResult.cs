using Berth.Api.Core.V1;

namespace Berth.Scheduler.Preemption;

/// <summary>Whether others can make room for a pod.</summary>
public abstract record PreemptionResult
{
    private PreemptionResult()
    {
    }

    /// <summary>With the victims gone the pod fits on the node. Victims come in order of importance.</summary>
    /// <param name="Violations">Victims whose disruption budget allows no more.</param>
    public sealed record Found(string NodeName, IReadOnlyList<Pod> Victims, int Violations) : PreemptionResult;

    /// <summary>No victims help.</summary>
    public sealed record Hopeless(string Message) : PreemptionResult;

    /// <summary>The pod may not push others out, or has done so and waits for them to go.</summary>
    public sealed record NotEligible(string Message) : PreemptionResult;
}
