using Berth.Resources.Devices;

namespace Berth.Resources.Allocation;

/// <summary>What is kept together: a container, or a whole pod.</summary>
/// <param name="Label">For people: <c>container a</c>, <c>the pod</c>.</param>
/// <param name="Units">Of CPUs, in multiples of <see cref="NodeShape.UnitCpus"/>.</param>
/// <param name="Memory">Bytes by kind's position.</param>
internal sealed record SearchItem(string Label, int Units, long[] Memory, IReadOnlyList<DeviceRequest> Devices)
{
    public bool WantsMemory => Memory.Any(m => m > 0);
}
