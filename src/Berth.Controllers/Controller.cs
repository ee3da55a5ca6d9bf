using Berth.Api;
using Berth.Client;
using Berth.Client.Work;
using Berth.Controllers.Pods;
using Microsoft.Extensions.Logging;

namespace Berth.Controllers;

/// <summary>
/// One level-triggered loop: informers put the keys of objects that may need work into a queue, workers compare what is
/// with what should be and take the steps between.
/// </summary>
/// <remarks>
/// A reconciliation gets a key and nothing else: why it was woken does not matter, so a lost or doubled wake-up does no
/// harm, and stopping between any two steps is safe. Refusals and lost connections put the key back with growing delays;
/// any other exception is a bug, is logged with its stack, and puts the key back as well, so that one bad object does not
/// stop the others.
/// </remarks>
public abstract partial class Controller : IDisposable
{
    private readonly int _workers;

    /// <param name="name">As it stands in logs, metrics and field managers: <c>deployment-controller</c>.</param>
    /// <param name="workers">Keys reconciled at the same time.</param>
    protected Controller(ControllerContext context, string name, int workers = 4)
    {
        Context = context;
        Name = name;
        _workers = workers;
        Log = context.Logs.CreateLogger("Berth.Controllers." + name);
        Queue = new WorkQueue<ObjectKey>(context.Time);
    }

    public string Name { get; }

    protected ControllerContext Context { get; }

    protected IClusterClient Client => Context.Client;

    protected TimeProvider Time => Context.Time;

    protected ILogger Log { get; }

    protected WorkQueue<ObjectKey> Queue { get; }

    /// <summary>Runs until cancelled. The informers must be running; work begins when all of them have their first list.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await Context.Informers.WaitForSyncAsync(ct).ConfigureAwait(false);
        var tasks = new List<Task>();
        for (var i = 0; i < _workers; i++)
            tasks.Add(WorkAsync(ct));
        tasks.Add(RunBackgroundAsync(ct));
        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    public virtual void Dispose()
    {
        Queue.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes the steps from what is to what should be for one object, which may no longer exist.</summary>
    protected abstract Task ReconcileAsync(ObjectKey key, CancellationToken ct);

    /// <summary>Work that follows the clock instead of keys; nothing by default.</summary>
    protected virtual Task RunBackgroundAsync(CancellationToken ct) => Task.CompletedTask;

    /// <summary>Wakes the controller for an object.</summary>
    protected void Enqueue(IApiObject value) => Queue.Add(ObjectKey.Of(value));

    private async Task WorkAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            ObjectKey key;
            try
            {
                key = await Queue.GetAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                await ReconcileAsync(key, ct).ConfigureAwait(false);
                Queue.Forget(key);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ApiException e) when (e.IsConflict)
            {
                // Someone else wrote in between; the watch will bring the new object, and this try comes back soon.
                LogConflict(Log, key, e.Message);
                Queue.AddRateLimited(key);
            }
            catch (ApiException e) when (PodControl.IsNamespaceGoing(e))
            {
                // What there was to make would be deleted with the namespace.
                Queue.Forget(key);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or TimeoutException)
            {
                LogFailed(Log, key, e.Message);
                Queue.AddRateLimited(key);
            }
            catch (Exception e)
            {
                LogBug(Log, key, e);
                Queue.AddRateLimited(key);
            }
            finally
            {
                Queue.Done(key);
            }
        }
    }

    [LoggerMessage(3001, LogLevel.Debug, "{Key} changed meanwhile, trying again: {Problem}")]
    private static partial void LogConflict(ILogger log, ObjectKey key, string problem);

    [LoggerMessage(3002, LogLevel.Warning, "Reconciling {Key} failed, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, ObjectKey key, string problem);

    [LoggerMessage(3003, LogLevel.Error, "Reconciling {Key} failed unexpectedly; this is a bug in the controller")]
    private static partial void LogBug(ILogger log, ObjectKey key, Exception e);
}
