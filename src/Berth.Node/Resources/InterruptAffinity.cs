using Berth.Resources.Topology;

namespace Berth.Node.Resources;

/// <summary>
/// Which CPUs serve devices' interrupts. Those that pods want for themselves are taken out of every list that the kernel lets
/// be changed, and put back into those that they were taken out of. Keeps no record: a list that has all CPUs but the ones
/// kept off is one of ours.
/// </summary>
/// <param name="directory">/proc/irq.</param>
public sealed class InterruptAffinity(string directory)
{
    /// <returns>Names of the interrupts that the kernel did not let move (those of one CPU by nature).</returns>
    public IReadOnlyList<string> Keep(CpuSet all, CpuSet before, CpuSet off)
    {
        List<string> fixedOnes = [];
        var allowed = all - off;
        if (allowed.IsEmpty)
            return fixedOnes;
        if (!Directory.Exists(directory))
            return fixedOnes;
        foreach (var interrupt in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
        {
            var file = Path.Combine(interrupt, "smp_affinity_list");
            try
            {
                if (!File.Exists(file) || !CpuSet.TryParse(File.ReadAllText(file).Trim(), out var now))
                    continue;
                var wanted = Wanted(all, before, off, now);
                if (wanted != now)
                    File.WriteAllText(file, wanted.ToString());
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                fixedOnes.Add(Path.GetFileName(interrupt));
            }
        }

        return fixedOnes;
    }

    internal static CpuSet Wanted(CpuSet all, CpuSet before, CpuSet off, CpuSet now)
    {
        // One that had every CPU it could have gets every one that it can have now.
        if (!before.IsEmpty && (all - before).IsSubsetOf(now))
            return all - off;
        var left = now - off;
        return left.IsEmpty ? all - off : left;
    }
}
