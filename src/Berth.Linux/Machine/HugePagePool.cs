using System.Globalization;

namespace Berth.Linux.Machine;

/// <summary>The kernel's pool of huge pages, of the whole machine or of one NUMA node. It is only ever raised: others may use what is there.</summary>
public static class HugePagePool
{
    /// <param name="pageBytes">One of the sizes that the kernel has.</param>
    /// <param name="node">Null: wherever the kernel finds memory.</param>
    /// <returns>How many there are then. Fewer than asked for where memory is too scattered: the kernel gives what it finds.</returns>
    /// <exception cref="IOException">The kernel has no pages of that size, or the machine no such node.</exception>
    public static long Raise(long pageBytes, int? node, long count) => Raise("/sys", pageBytes, node, count);

    internal static long Raise(string root, long pageBytes, int? node, long count)
    {
        var size = string.Create(CultureInfo.InvariantCulture, $"hugepages-{pageBytes / 1024}kB");
        var directory = node is { } id
            ? Path.Combine(root, "devices/system/node", string.Create(CultureInfo.InvariantCulture, $"node{id}"), "hugepages", size)
            : Path.Combine(root, "kernel/mm/hugepages", size);
        if (!Directory.Exists(directory))
            throw new IOException($"there is no {directory}: the kernel has no huge pages of that size, or the machine no such NUMA node");
        var file = Path.Combine(directory, "nr_hugepages");
        if (Read() < count)
            File.WriteAllText(file, count.ToString(CultureInfo.InvariantCulture));
        return Read();

        long Read() => long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
    }
}
