namespace Berth.Linux.Machine;

/// <summary>One logical CPU and where it sits. Ids are the kernel's.</summary>
/// <param name="Cpu">Number of the logical CPU (a hardware thread).</param>
/// <param name="Core">Unique within the socket only.</param>
/// <param name="Socket">Physical package.</param>
/// <param name="NumaNode">0 on machines without NUMA.</param>
/// <param name="L3Cache">Id of its third-level cache, or -1 where the kernel does not tell.</param>
/// <param name="Siblings">Threads of the same core, itself included.</param>
public sealed record CpuTopology(int Cpu, int Core, int Socket, int NumaNode, int L3Cache, IReadOnlyList<int> Siblings);

/// <summary>A NUMA node's memory.</summary>
/// <param name="MemoryBytes">Huge pages included.</param>
/// <param name="HugePages">Pages set aside, by page size in bytes.</param>
/// <param name="Distances">To each node in order of their ids, 10 being local.</param>
public sealed record NumaNodeInfo(int Node, long MemoryBytes, IReadOnlyDictionary<long, long> HugePages, IReadOnlyList<int> Distances);
