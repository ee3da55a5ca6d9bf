using System.CommandLine;
using System.Globalization;
using Berth.Api;
using Berth.Instance;
using Berth.Linux.Machine;

namespace Berth.Up;

/// <summary><c>--huge-pages 2Mi=64,1Gi@1=4</c>: pages that the pool is to have, of the machine or of one NUMA node, before anything counts them.</summary>
internal static class HugePagesOption
{
    public static Option<string?> Create() => new("--huge-pages") { Description = "Huge pages to have at least, SIZE[@NUMANODE]=COUNT with commas between, such as 2Mi=512,1Gi@1=4" };

    /// <exception cref="UserErrorException">The text is wrong, or the kernel does not give that many.</exception>
    public static void Apply(string? text)
    {
        foreach (var (size, node, count) in Parse(text ?? ""))
        {
            long there;
            try
            {
                there = HugePagePool.Raise(size.Value, node, count);
            }
            catch (IOException e)
            {
                throw new UserErrorException($"--huge-pages: {e.Message}", "ls /sys/kernel/mm/hugepages shows the sizes", e);
            }

            if (there < count)
                throw new UserErrorException(
                    string.Create(CultureInfo.InvariantCulture, $"--huge-pages: the kernel found memory for {there} pages of {size}{(node is { } id ? $" on NUMA node {id}" : "")}, not for {count}"),
                    "ask for fewer, or have them made at boot by the kernel's parameters hugepagesz= and hugepages=, when memory is not scattered yet");
        }
    }

    internal static IReadOnlyList<(Quantity Size, int? Node, long Count)> Parse(string text)
    {
        var found = new List<(Quantity, int?, long)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=') is not [var what, var number] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || what.Split('@') is not ([_] or [_, _]) || !Quantity.TryParse(what.Split('@')[0], out var size) || size.Value < 1024)
                throw Wrong(part);
            int? node = null;
            if (what.Contains('@', StringComparison.Ordinal))
                node = int.TryParse(what.Split('@')[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw Wrong(part);
            found.Add((size, node, count));
        }

        return found;
    }

    private static UserErrorException Wrong(string part) => new($"--huge-pages: \"{part}\" is not SIZE[@NUMANODE]=COUNT", "write it like 2Mi=512 or 1Gi@1=4");
}
