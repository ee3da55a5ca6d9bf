namespace Berth.Resources.Allocation;

/// <summary>Why a node cannot give a pod what it needs.</summary>
/// <param name="Reason">One of the constants here; the agent makes them the pod's reason where it has to fail it.</param>
/// <param name="Message">Names the obstacle and its numbers, for people.</param>
/// <param name="Resolvable">True when the node could do it if others went.</param>
public sealed record Refusal(string Reason, string Message, bool Resolvable)
{
    /// <summary>There is not enough of something, wherever it sits.</summary>
    public const string Insufficient = "UnexpectedAdmissionError";

    /// <summary>There is enough, but not together.</summary>
    public const string Topology = "TopologyAffinityError";

    /// <summary>Whole cores are given only, and the container asks for parts of one.</summary>
    public const string Smt = "SMTAlignmentError";

    /// <summary>The pod's containers with CPUs of their own leave none to the others.</summary>
    public const string EmptyPool = "EmptyPodSharedPoolError";
}
