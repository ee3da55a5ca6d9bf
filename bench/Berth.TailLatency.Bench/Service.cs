using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Berth.TailLatency.Bench;

/// <summary>
/// The latency-sensitive service: a request is due each millisecond and takes about 100 µs of CPU. Its response time is from
/// when it was due, not from when the service got round to it, so that a stall counts for every request that it delays. It waits
/// for the next request once in the kernel, as servers do, and once by asking the clock, as those do that cannot afford a wake-up.
/// </summary>
internal static class Service
{
    private const long IntervalNanoseconds = 1_000_000;
    private const double WorkMicroseconds = 100;
    private const double WarmSeconds = 3;

    private const int ClockMonotonic = 1;
    private const int AbsoluteTime = 1;

    /// <summary>
    /// Writes one response time a line, in microseconds, shortest first: into FILE.sleeping and then FILE.polling, each
    /// measured for so long.
    /// </summary>
    public static void Run(string file, double seconds)
    {
        var rounds = Calibrate();
        foreach (var (polls, name) in ((bool, string)[])[(false, Measurement.Sleeping), (true, Measurement.Polling)])
        {
            Measure(rounds, WarmSeconds, polls);
            var times = Measure(rounds, seconds, polls);
            Array.Sort(times);
            var path = file + ".new";
            File.WriteAllLines(path, times.Select(t => (t / 1000.0).ToString("F1", CultureInfo.InvariantCulture)));
            File.Move(path, $"{file}.{name}", overwrite: true);
        }
    }

    private static long[] Measure(int rounds, double seconds, bool polls)
    {
        var times = new long[(int)(seconds * 1e9 / IntervalNanoseconds)];
        var due = Now();
        for (var i = 0; i < times.Length; i++)
        {
            due += IntervalNanoseconds;
            if (polls)
            {
                while (Now() < due)
                {
                }
            }
            else
            {
                var at = new TimeSpec(due / 1_000_000_000, due % 1_000_000_000);
                // An interrupted sleep is slept on; a time that has passed returns at once.
                while (clock_nanosleep(ClockMonotonic, AbsoluteTime, ref at, IntPtr.Zero) != 0)
                {
                }
            }

            Work(rounds);
            times[i] = Now() - due;
        }

        return times;
    }

    private static long Now() => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    // The least of several tries: what the work takes when nobody disturbs it.
    private static int Calibrate()
    {
        const int Sample = 20_000;
        var best = double.MaxValue;
        for (var i = 0; i < 200; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Work(Sample);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return (int)(Sample * WorkMicroseconds / best);
    }

    private static ulong s_sink;

    private static void Work(int rounds)
    {
        var x = s_sink | 1;
        for (var i = 0; i < rounds; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }

        s_sink = x;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(long seconds, long nanoseconds)
    {
        private readonly long _seconds = seconds;
        private readonly long _nanoseconds = nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_nanosleep")]
    private static extern int clock_nanosleep(int clock, int flags, ref TimeSpec until, IntPtr left);
}
