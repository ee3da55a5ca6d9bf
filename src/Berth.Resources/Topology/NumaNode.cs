using Berth.Api;

namespace Berth.Resources.Topology;

/// <summary>One NUMA node's memory and its way to the others.</summary>
/// <param name="Id">The kernel's number.</param>
/// <param name="Memory">Bytes by resource name: <c>memory</c> (huge pages not counted in) and <c>hugepages-SIZE</c>.</param>
/// <param name="Distances">By node id; 10 is local. Empty: all others are equally far.</param>
public sealed record NumaNode(int Id, ApiMap<long> Memory, ApiMap<long> Distances)
{
    public const int Local = 10;
    public const int Remote = 20;

    public long DistanceTo(int other) =>
        Distances.TryGetValue(other.ToString(System.Globalization.CultureInfo.InvariantCulture), out var distance) ? distance : other == Id ? Local : Remote;
}
