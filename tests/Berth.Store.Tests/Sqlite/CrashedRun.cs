using System.Diagnostics;
using System.Globalization;

namespace Berth.Store.Tests.Sqlite;

/// <summary>One life of the crash writer: started, left to work, killed, and what it had said by then.</summary>
internal sealed class CrashedRun
{
    private CrashedRun(List<string> acknowledged, List<string> seen, Revision seenThrough)
    {
        Acknowledged = acknowledged;
        Seen = seen;
        SeenThrough = seenThrough;
    }

    /// <summary>"REVISION KEY=VALUE", one for each operation.</summary>
    public List<string> Acknowledged { get; }

    /// <summary>The same for the watcher's events, up to <see cref="SeenThrough"/>.</summary>
    public List<string> Seen { get; }

    public Revision SeenThrough { get; }

    /// <param name="untilKill">Counted from the start, or from the first acknowledgement.</param>
    public static async Task<CrashedRun> RunAsync(
        string directory, int seed, Revision after, bool fromStart, TimeSpan untilKill, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Berth.Store.CrashWriter"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { directory, seed.ToString(CultureInfo.InvariantCulture), after.ToString() },
        };
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var lines = new List<string>();
            if (!fromStart && await process.StandardOutput.ReadLineAsync(cancellation) is { } line) lines.Add(line);
            var rest = process.StandardOutput.ReadToEndAsync(cancellation);

            // The moment is what is being varied, so this waits for a time and not for a state.
            await Task.WhenAny(rest, Task.Delay(untilKill, cancellation));
            process.Kill();
            var text = await rest;
            await process.WaitForExitAsync(cancellation);
            Assert.Equal("", await errors);
            lines.AddRange(text.Split('\n')[..^1]);
            return Parse(lines, after);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static CrashedRun Parse(List<string> lines, Revision after)
    {
        var (acknowledged, seen, pending, through) = (new List<string>(), new List<string>(), new List<string>(), after);
        foreach (var fields in lines.Select(line => line.Split(' ')))
        {
            switch (fields[0])
            {
                case "A":
                    acknowledged.AddRange(fields[2..].Select(change => $"{fields[1]} {change}"));
                    break;
                case "W":
                    pending.Add($"{fields[1]} {fields[2]}");
                    break;
                case "T":
                    // The watcher resumes here: what it saw of a batch that it did not finish it will see again.
                    seen.AddRange(pending);
                    pending.Clear();
                    through = new Revision(long.Parse(fields[1], CultureInfo.InvariantCulture));
                    break;
                default:
                    Assert.Fail($"the crash writer said {string.Join(' ', fields)}");
                    break;
            }
        }

        return new CrashedRun(acknowledged, seen, through);
    }
}
