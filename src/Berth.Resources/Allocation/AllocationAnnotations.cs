namespace Berth.Resources.Allocation;

/// <summary>Annotations by which scheduler and agent tell each other of exact places.</summary>
public static class AllocationAnnotations
{
    /// <summary>Of a pod, and of its containers in the runtime: what it holds (<see cref="AllocationJson"/>). Comes with the binding.</summary>
    public const string Pod = "berth.dev/allocation";

    /// <summary>Of a node: what it is made of and how it shares it out (<see cref="NodeShapeJson"/>).</summary>
    public const string Topology = "berth.dev/topology";

    /// <summary>Of a node: what its pods hold by its own books, by uid.</summary>
    public const string Held = "berth.dev/held";

    /// <summary>Of a pod: the node that gave it back to the scheduler last, and why.</summary>
    public const string HandedBack = "berth.dev/handed-back";
}
