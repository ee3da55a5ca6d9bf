using System.Globalization;

namespace Berth.Linux.Processes;

/// <summary>The pages of this process's own program that the kernel has mapped for it: code that ran once, and what lay beside it.</summary>
public static class ProgramPages
{
    private const int DontNeed = 4; // MADV_DONTNEED

    /// <summary>
    /// Takes the program's code out of the process's memory. What is used comes back from the page cache at its next use, 64 KiB
    /// at a time; what only the start needed stays out. Maps with pages of the process's own are left alone.
    /// </summary>
    /// <returns>Bytes that were resident in what was taken out; 0 where the program's file cannot be told.</returns>
    public static unsafe long Forget()
    {
        if (Environment.ProcessPath is not { } program)
            return 0;
        long bytes = 0;
        foreach (var map in Read(File.ReadLines("/proc/self/smaps"), program))
        {
            // A refusal costs memory, nothing else.
            if (Libc.MemoryAdvise((void*)map.Start, map.End - map.Start, DontNeed) == 0)
                bytes += map.Resident;
        }

        return bytes;
    }

    /// <summary>Maps of the file that can be dropped without losing anything: code, and what is shared with the file.</summary>
    /// <param name="lines">Of <c>smaps</c> of proc(5).</param>
    internal static IReadOnlyList<(nuint Start, nuint End, long Resident)> Read(IEnumerable<string> lines, string program)
    {
        List<(nuint Start, nuint End, long Resident)> found = [];
        (nuint Start, nuint End, long Resident)? current = null;
        foreach (var line in lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 5 && words[0].Contains('-', StringComparison.Ordinal))
            {
                Take();
                var ends = words[0].Split('-');
                var name = words.Length > 5 ? words[5] : "";
                current = name == program && words[1] is "r-xp" or "r-xs" or "r--s"
                    ? (nuint.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), nuint.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), 0)
                    : null;
            }
            else if (current is { } map && words is [var key, var kilobytes, "kB"])
            {
                if (key == "Rss:") current = map with { Resident = long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024 };
                else if (key is "Anonymous:" or "Private_Dirty:" or "Shared_Dirty:" or "Locked:" && kilobytes != "0") current = null;
            }
        }

        Take();
        return found;

        void Take()
        {
            if (current is { Resident: > 0 } map) found.Add(map);
        }
    }
}
