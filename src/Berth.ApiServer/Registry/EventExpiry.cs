using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Watch;
using Berth.Store;

namespace Berth.ApiServer.Registry;

/// <summary>Forgets Events an hour after they last happened, as kube-apiserver does. One loop; what fails is tried again at the next round.</summary>
internal sealed class EventExpiry(RegistryServices services)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    // Owned by the loop.
    private Dictionary<ObjectKey, (Revision Revision, DateTimeOffset? LastSeen)> _seen = [];

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
        var expired = services.Now - s_lifetime;
        var now = new Dictionary<ObjectKey, (Revision Revision, DateTimeOffset? LastSeen)>();
        var old = new List<CachedObject>();
        foreach (var candidate in events.Cache.Current.Range())
        {
            // Read once for each version, and not kept as a typed object: there are more events than all else together.
            if (!_seen.TryGetValue(candidate.Key, out var known) || known.Revision != candidate.Revision)
                known = (candidate.Revision, LastSeen((Event)Event.Kind.ReadJson(candidate.Json.Span, null)));
            now.Add(candidate.Key, known);
            if (known.LastSeen < expired)
                old.Add(candidate);
        }

        _seen = now;
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
