using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>Where one item goes: nodes for its CPUs with how many units of each, nodes for its memory, its devices.</summary>
/// <param name="Units">By NUMA node id.</param>
internal sealed record Placement(NumaSet CpuNodes, int[] Units, NumaSet MemoryNodes, int[] Devices);
