namespace Berth.Scheduler.Cycle;

/// <summary>Outcome of one cycle: a node, or why there is none.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <param name="Feasible">Nodes that could have taken the pod.</param>
    /// <param name="Score">Weighted sum of the chosen node.</param>
    public sealed record Placed(string NodeName, int Feasible, long Score) : Decision;

    public sealed record Unschedulable(Candidates Candidates, string Message) : Decision;
}
