using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>Ways to divide a number of CPUs among NUMA nodes. Results are by node id.</summary>
internal static class CpuDivision
{
    /// <summary>The fullest nodes are used up first, so that what is left stays in one piece.</summary>
    public static int[] Packed(int[] free, int[] nodes, int count)
    {
        var division = new int[NumaSet.IdMax + 1];
        foreach (var node in nodes.OrderBy(n => free[n]).ThenBy(n => n))
        {
            division[node] = Math.Min(free[node], count);
            count -= division[node];
        }

        return division;
    }

    /// <summary>One at a time to the node that has given least and still can.</summary>
    public static int[] Even(int[] free, int[] nodes, int count)
    {
        var division = new int[NumaSet.IdMax + 1];
        for (; count > 0; count--)
        {
            var best = -1;
            foreach (var node in nodes)
            {
                if (division[node] < free[node] && (best < 0 || division[node] < division[best]))
                    best = node;
            }

            if (best < 0)
                break;
            division[best]++;
        }

        return division;
    }

    /// <summary>All of them, in a fixed order.</summary>
    public static IEnumerable<int[]> All(int[] free, int[] nodes, int count)
    {
        // What is free changes while the caller tries a way; it is back when the next is asked for.
        var division = new int[NumaSet.IdMax + 1];
        return From(0, count);

        IEnumerable<int[]> From(int at, int left)
        {
            if (at == nodes.Length)
            {
                if (left == 0)
                    yield return [.. division];
                yield break;
            }

            for (var n = Math.Min(left, free[nodes[at]]); n >= 0; n--)
            {
                division[nodes[at]] = n;
                foreach (var way in From(at + 1, left - n))
                    yield return way;
            }

            division[nodes[at]] = 0;
        }
    }
}
