using Berth.Resources.Topology;

namespace Berth.Resources.Cpu;

/// <summary>Picks exact CPUs within one NUMA node so that what remains stays whole. Pure and deterministic.</summary>
/// <remarks>
/// Packed: whole cores of the cache that they fit best, then the odd thread from the core that is most broken already.
/// Spread: one thread of each core in turn. By cache: a cache that fits is filled before the next is begun.
/// </remarks>
public static class CpuPicker
{
    /// <param name="free">CPUs of one NUMA node to choose from.</param>
    /// <param name="count">At most as many as are free.</param>
    public static CpuSet Pick(NodeTopology topology, CpuPolicy policy, CpuSet free, int count)
    {
        if (count == 0)
            return CpuSet.Empty;
        if (count >= free.Count)
            return free;
        return policy.DistributeAcrossCores ? Spread(topology, free, count)
            : policy.PreferSharedCache ? ByCache(topology, free, count)
            : Packed(topology, free, count);
    }

    private static CpuSet Packed(NodeTopology topology, CpuSet free, int count)
    {
        // (cache, threads free of the core, its size) decide; cores of unequal size appear on hybrid machines.
        var cores = CoresOf(topology, free);
        var picked = new List<int>(count);
        var left = count;
        var caches = cores.Where(c => c.IsWhole).GroupBy(c => c.L3).Select(g => (L3: g.Key, Cores: g.ToList())).ToList();
        var lastL3 = -1;
        while (caches.Count > 0)
        {
            var wholes = left / caches[0].Cores[0].Size;
            if (wholes == 0)
                break;
            // The smallest cache with room for all that is left, else the largest there is.
            var fits = caches.Where(c => c.Cores.Count >= wholes).OrderBy(c => c.Cores.Count).ThenBy(c => c.L3).FirstOrDefault();
            var best = fits.Cores is not null ? fits : caches.OrderByDescending(c => c.Cores.Count).ThenBy(c => c.L3).First();
            foreach (var core in best.Cores)
            {
                if (core.Size > left)
                    break;
                picked.AddRange(core.Free);
                left -= core.Size;
            }

            lastL3 = best.L3;
            caches.Remove(best);
        }

        if (left > 0)
            picked.AddRange(Odd(cores, picked, left, lastL3));
        return CpuSet.Of(picked);
    }

    // Single threads: from broken cores first, those with the least left that suffice, near to what was picked.
    private static IEnumerable<int> Odd(List<FreeCore> cores, List<int> picked, int count, int nearL3)
    {
        var taken = picked.ToHashSet();
        var rest = cores.Where(c => !taken.Contains(c.Free[0])).ToList();
        while (count > 0)
        {
            var need = count;
            var best = rest
                .OrderBy(c => c.IsWhole ? 1 : 0)
                .ThenBy(c => c.Free.Count >= need ? 0 : 1)
                .ThenBy(c => c.Free.Count >= need ? c.Free.Count : -c.Free.Count)
                .ThenBy(c => c.L3 == nearL3 ? 0 : 1)
                .ThenBy(c => c.Free[0])
                .First();
            foreach (var cpu in best.Free.Take(count))
                yield return cpu;
            count -= Math.Min(count, best.Free.Count);
            rest.Remove(best);
        }
    }

    private static CpuSet ByCache(NodeTopology topology, CpuSet free, int count)
    {
        var groups = free.GroupBy(c => topology.Cpu(c).L3).Select(g => CpuSet.Of(g)).ToList();
        var picked = CpuSet.Empty;
        while (count > 0)
        {
            var need = count;
            var fits = groups.Where(g => g.Count >= need).OrderBy(g => g.Count).ThenBy(g => g.First).FirstOrDefault();
            var best = fits ?? groups.OrderByDescending(g => g.Count).ThenBy(g => g.First).First();
            var part = best.Count <= count ? best : Packed(topology, best, count);
            picked |= part;
            count -= part.Count;
            groups.Remove(best);
        }

        return picked;
    }

    private static CpuSet Spread(NodeTopology topology, CpuSet free, int count)
    {
        // Emptier cores first: their threads have the fewest neighbours.
        var cores = CoresOf(topology, free).OrderByDescending(c => c.Free.Count).ThenBy(c => c.Free[0]).ToList();
        var picked = new List<int>(count);
        for (var round = 0; picked.Count < count; round++)
        {
            foreach (var core in cores)
            {
                if (round < core.Free.Count && picked.Count < count)
                    picked.Add(core.Free[round]);
            }
        }

        return CpuSet.Of(picked);
    }

    private static List<FreeCore> CoresOf(NodeTopology topology, CpuSet free) =>
        [.. free.GroupBy(c => topology.Cpu(c).Core)
            .Select(g => new FreeCore([.. g], topology.CoreOf(g.First()).Count, topology.Cpu(g.First()).L3))
            .OrderByDescending(c => c.Size).ThenBy(c => c.Free[0])];

    private sealed record FreeCore(List<int> Free, int Size, int L3)
    {
        public bool IsWhole => Free.Count == Size;
    }
}
