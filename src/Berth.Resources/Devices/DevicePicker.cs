using Berth.Resources.Allocation;
using Berth.Resources.Topology;

namespace Berth.Resources.Devices;

/// <summary>The ways to give a container its devices, the best first. Devices that are alike count as one way.</summary>
internal static class DevicePicker
{
    /// <param name="near">Devices that are local to other nodes only are left out. All nodes: locality does not matter.</param>
    /// <param name="taken">By device.</param>
    /// <param name="own">Devices that the pod holds already for another phase, by device; null for none.</param>
    /// <returns>Positions in the topology's list, one array a way. The array is the caller's.</returns>
    public static IEnumerable<int[]> Ways(NodeShape shape, IReadOnlyList<DeviceRequest> requests, NumaSet near, bool[] taken, bool[]? own = null)
    {
        if (requests.Count == 0)
            return [[]];
        var chosen = new List<int>();
        return Request(0);

        IEnumerable<int[]> Request(int r)
        {
            if (r == requests.Count)
            {
                yield return [.. chosen];
                yield break;
            }

            foreach (var way in Choose(r, Candidates(r), 0, requests[r].Count, []))
                yield return way;
        }

        IEnumerable<int[]> Choose(int r, List<int> from, int at, int count, HashSet<int> skipped)
        {
            if (count == 0)
            {
                foreach (var way in Request(r + 1))
                    yield return way;
                yield break;
            }

            if (from.Count - at < count)
                yield break;
            var device = from[at];
            var kind = shape.DeviceClasses[device];
            if (IsBlocked(shape, device, taken) || Conflicts(device))
            {
                foreach (var way in Choose(r, from, at + 1, count, skipped))
                    yield return way;
                yield break;
            }

            // To take the second of two alike and leave the first is to take the first.
            if (!skipped.Contains(kind))
            {
                chosen.Add(device);
                foreach (var way in Choose(r, from, at + 1, count - 1, skipped))
                    yield return way;
                chosen.Remove(device);
            }

            var added = skipped.Add(kind);
            foreach (var way in Choose(r, from, at + 1, count, skipped))
                yield return way;
            if (added)
                skipped.Remove(kind);
        }

        bool Conflicts(int device) => chosen.Contains(device) || shape.DeviceConflicts[device].Any(chosen.Contains);

        List<int> Candidates(int r)
        {
            var request = requests[r];
            var devices = shape.Topology.Devices;
            var result = new List<int>();
            for (var i = 0; i < devices.Count; i++)
            {
                if (!taken[i] && request.Matches(devices[i]) && (devices[i].Numa.IsEmpty || devices[i].Numa.Overlaps(near)))
                    result.Add(i);
            }

            // Own ones first; then parts of what is broken already; then the smallest that suffices.
            return [.. result
                .OrderBy(i => own is not null && own[i] ? 0 : 1)
                .ThenBy(i => devices[i].Parent.Length == 0 ? 0 : FreeRelatives(shape, i, taken))
                .ThenBy(i => request.CapacityMin.Sum(m => devices[i].Capacity.GetOr(m.Key) - m.Value))
                .ThenBy(i => i)];
        }
    }

    /// <summary>True when the device, a part of it or the whole that it is a part of is taken.</summary>
    public static bool IsBlocked(NodeShape shape, int device, bool[] taken)
    {
        if (taken[device])
            return true;
        foreach (var relative in shape.DeviceConflicts[device])
        {
            if (taken[relative])
                return true;
        }

        return false;
    }

    // Free parts of the same whole: the fewer, the less is lost by taking one more.
    private static int FreeRelatives(NodeShape shape, int device, bool[] taken)
    {
        var devices = shape.Topology.Devices;
        var count = 0;
        for (var i = 0; i < devices.Count; i++)
        {
            if (devices[i].Parent == devices[device].Parent && !taken[i])
                count++;
        }

        return count;
    }
}
