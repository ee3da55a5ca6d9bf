using Berth.Api.Core.V1;
using Berth.Store;

namespace Berth.ApiServer.Registry;

/// <summary>Forgets Events an hour after they last happened, as kube-apiserver does. One loop; what fails is tried again at the next round.</summary>
internal sealed class EventExpiry(RegistryServices services)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_interval, services.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
                await SweepAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var events = services.Registries.For<Event>();
        var before = services.Now - s_lifetime;
        var old = events.Cache.Current.Range().Where(o => LastSeen((Event)o.Value) < before).ToList();
        foreach (var gone in old)
        {
            try
            {
                // Only if it has not happened again.
                await services.Store.CommitAsync(StoreTransaction.Delete(events.Cache.StoreKey(gone.Key), gone.Revision), cancellation).ConfigureAwait(false);
            }
            catch (StoreException)
            {
                return;
            }
        }
    }

    private static DateTimeOffset? LastSeen(Event value)
    {
        var seen = new DateTimeOffset?[] { value.Series?.LastObservedTime?.Value, value.LastTimestamp?.Value, value.EventTime?.Value, value.Metadata.CreationTimestamp?.Value };
        return seen.Max();
    }
}
