using System.Diagnostics;

namespace Berth.Store.Bench;

internal static class Disk
{
    /// <summary>Median time to append a page to a file and have it on the disk: what one lone durable write must cost.</summary>
    public static double FsyncSeconds(string directory)
    {
        var page = new byte[4096];
        var times = new List<double>();
        using var file = new FileStream(Path.Combine(directory, "fsync"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (var i = 0; i < 200; i++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }
}
