namespace Berth.Resources.Topology;

/// <summary><c>topologyManagerPolicy</c>: how strictly a container's resources are kept together.</summary>
public enum AlignmentPolicy
{
    /// <summary>Wherever there is room.</summary>
    None,

    /// <summary>Together where possible.</summary>
    BestEffort,

    /// <summary>On no more NUMA nodes than it would take on the empty machine.</summary>
    Restricted,

    /// <summary>On one NUMA node.</summary>
    SingleNumaNode,
}
