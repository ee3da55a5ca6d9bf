using Berth.Client;

namespace Berth.Controllers.Pods;

/// <summary>Does many like things in batches of 1, 2, 4, ...: when all would be refused (quota, admission), few are tried.</summary>
public static class SlowStart
{
    /// <summary>Runs the steps until one batch has a failure in it; the failure of a call to the cluster is given back, any other is thrown.</summary>
    public static async Task<SlowStartResult> RunAsync(int count, Func<int, Task> step)
    {
        var done = 0;
        var begun = 0;
        for (var batch = 1; begun < count; batch *= 2)
        {
            batch = Math.Min(batch, count - begun);
            var tasks = new Task<Exception?>[batch];
            for (var i = 0; i < batch; i++)
                tasks[i] = TryAsync(step, begun + i);
            begun += batch;
            var outcomes = await Task.WhenAll(tasks).ConfigureAwait(false);
            done += outcomes.Count(static o => o is null);
            if (Array.Find(outcomes, static o => o is not null) is { } failure)
                return new(done, count - begun, failure);
        }

        return new(done, 0, null);
    }

    /// <summary>Runs all steps at once and gives back the first failure of a call to the cluster.</summary>
    public static async Task<Exception?> AllAsync<T>(IEnumerable<T> items, Func<T, Task> step)
    {
        var outcomes = await Task.WhenAll(items.Select(item => TryAsync(step, item))).ConfigureAwait(false);
        return Array.Find(outcomes, static o => o is not null);
    }

    private static async Task<Exception?> TryAsync<T>(Func<T, Task> step, T item)
    {
        try
        {
            await step(item).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            return e;
        }
    }
}

/// <param name="Done">Steps that succeeded.</param>
/// <param name="NotTried">Steps left out because earlier ones failed.</param>
/// <param name="Failure">The first failure; null when all went well.</param>
public sealed record SlowStartResult(int Done, int NotTried, Exception? Failure);
