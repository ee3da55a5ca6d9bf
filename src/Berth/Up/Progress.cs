using System.Diagnostics;
using System.Globalization;

namespace Berth.Up;

/// <summary>Shows the stages of a start, a line each with its time.</summary>
internal sealed class Progress(TextWriter output)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Runs a stage and prints its name with the time it took, and what it has to say.</summary>
    public async Task<T> StageAsync<T>(string name, Func<Task<T>> run, Func<T, string>? detail = null)
    {
        var start = Stopwatch.GetTimestamp();
        T result;
        try
        {
            result = await run();
        }
        catch
        {
            Print("failed", name, Stopwatch.GetElapsedTime(start), "");
            throw;
        }

        Print("ok", name, Stopwatch.GetElapsedTime(start), detail?.Invoke(result) ?? "");
        return result;
    }

    public Task StageAsync(string name, Func<Task> run, string detail = "") =>
        StageAsync(name, async () =>
        {
            await run();
            return 0;
        }, _ => detail);

    private void Print(string state, string name, TimeSpan time, string detail)
    {
        lock (_gate)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {state,-6} {name,-18} {time.TotalMilliseconds,6:F0} ms  {detail}").TrimEnd());
    }
}
