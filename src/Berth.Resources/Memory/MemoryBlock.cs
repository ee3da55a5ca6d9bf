using Berth.Resources.Topology;

namespace Berth.Resources.Memory;

/// <summary>Memory of one kind from a group of NUMA nodes; the kernel takes it from whichever of them it likes.</summary>
/// <param name="Kind"><c>memory</c> or <c>hugepages-SIZE</c>.</param>
/// <param name="Bytes">Never zero.</param>
public sealed record MemoryBlock(NumaSet Nodes, string Kind, long Bytes);
