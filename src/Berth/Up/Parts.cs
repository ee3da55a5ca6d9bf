using Berth.Linux.Processes;

namespace Berth.Up;

/// <summary>Waiting beside parts that run until the end.</summary>
internal static class Parts
{
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(30);

    /// <summary>Completes with what is waited for, unless one of the parts ends before: then faults with its failure.</summary>
    public static async Task FirstOfAsync(Task wanted, Task[] parts)
    {
        var first = await Task.WhenAny([wanted, .. parts]);
        await first;
        if (first != wanted)
            throw new InvalidOperationException("a component of berth ended while it was starting");
    }

    /// <summary>Until one of them ends. Once they have settled, the machine gets back what only their start needed.</summary>
    public static async Task FirstEndAsync(Task[] parts, TimeProvider time)
    {
        var ended = Task.WhenAny(parts);
        if (await Task.WhenAny(ended, Task.Delay(s_settled, time)) == ended)
            return;
        ProgramPages.Forget();
        await ended;
    }
}
