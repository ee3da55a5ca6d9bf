namespace Berth.Up;

/// <summary>Waiting beside parts that run until the end.</summary>
internal static class Parts
{
    /// <summary>Completes with what is waited for, unless one of the parts ends before: then faults with its failure.</summary>
    public static async Task FirstOfAsync(Task wanted, Task[] parts)
    {
        var first = await Task.WhenAny([wanted, .. parts]);
        await first;
        if (first != wanted)
            throw new InvalidOperationException("a component of berth ended while it was starting");
    }
}
