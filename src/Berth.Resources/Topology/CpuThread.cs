namespace Berth.Resources.Topology;

/// <summary>One logical CPU and where it sits.</summary>
/// <param name="Id">The kernel's number.</param>
/// <param name="Core">Unique in the machine: the lowest CPU of the core.</param>
/// <param name="Socket">Physical package.</param>
/// <param name="Numa">NUMA node; 0 on machines without NUMA.</param>
/// <param name="L3">Third-level cache it shares; unique in the machine. -1 where unknown: its NUMA node counts as the group then.</param>
public readonly record struct CpuThread(int Id, int Core, int Socket, int Numa, int L3);
