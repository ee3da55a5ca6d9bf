namespace Berth.Resources.Allocation;

/// <summary>Either exact sets or the reason why there are none.</summary>
public abstract record AllocationOutcome
{
    private AllocationOutcome()
    {
    }

    public sealed record Granted(PodAllocation Allocation) : AllocationOutcome;

    public sealed record Refused(Refusal Why) : AllocationOutcome;
}
