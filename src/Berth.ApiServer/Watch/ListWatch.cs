using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.Store;

namespace Berth.ApiServer.Watch;

/// <summary>Answers lists and watches of one kind from its <see cref="WatchCache"/>.</summary>
/// <param name="view">Shows stored objects as another kind; null: as they are.</param>
internal sealed class ListWatch(ResourceRegistry registry, ObjectView? view = null)
{
    // kube-apiserver waits as long for a revision that it has not reached.
    private static readonly TimeSpan s_futureWait = TimeSpan.FromSeconds(3);

    // Between 30 and 60 minutes where the client names no end, so that watches spread over restarted servers.
    private static readonly TimeSpan s_timeoutMin = TimeSpan.FromMinutes(30);

    private static readonly string s_tooOldContinue =
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";

    private WatchCacheHub Hub => registry.Services.Hub;

    /// <summary>The objects that a request means, and the list's metadata.</summary>
    public async Task<(IReadOnlyList<CachedObject> Items, ListMeta Metadata)> ListAsync(ListRequest list, CancellationToken cancellation)
    {
        var (snapshot, revision) = await SnapshotAsync(list, cancellation).ConfigureAwait(false);
        var selection = list.Selection;
        var items = new List<CachedObject>();
        var candidates = selection is { Name.Length: > 0 } && (selection.Namespace.Length > 0 || !registry.Kind.Namespaced)
            ? snapshot.Get(new ObjectKey(selection.Namespace, selection.Name)) is { } one ? [one] : []
            : snapshot.Range(selection.Namespace, list.Continue?.After);
        var more = false;
        var remaining = 0;
        var whole = selection.IsWholeScope;

        // What is asked for is asked of the objects as they are shown.
        if (view is not null && !whole)
            candidates = await view.ShowAsync([.. candidates.Where(selection.ByKeyAlone.Matches)], cancellation).ConfigureAwait(false);
        foreach (var candidate in candidates)
        {
            if (!whole && !selection.Matches(candidate))
                continue;
            if (list.Limit > 0 && items.Count == list.Limit)
            {
                more = true;
                if (!whole)
                    break;
                remaining++;
                continue;
            }

            items.Add(candidate);
        }

        if (view is not null && whole)
            items = [.. await view.ShowAsync(items, cancellation).ConfigureAwait(false)];

        return (items, ListMeta.Empty with
        {
            ResourceVersion = revision.ToString(),
            Continue = more ? new ContinueToken(revision, items[^1].Key).ToString() : "",
            // Only known where nothing is filtered, as in Kubernetes.
            RemainingItemCount = more && whole ? remaining : null,
        });
    }

    public async Task WatchAsync(ApiRequest request, ListRequest list, ResponseFormat format, KindInfo? kind = null)
    {
        // The first thing that a watch needs is a place in the stream of changes: after the given revision, or now.
        var fromNow = list.Revision is null or { Value: 0 };
        if (list.SendInitialEvents == true || fromNow)
            await WaitAsync(list.Revision ?? Revision.None, latest: list.Revision is null || list.SendInitialEvents == true, request.Cancellation).ConfigureAwait(false);
        var initial = list.SendInitialEvents ?? fromNow;
        var through = Hub.Through;
        using var watcher = registry.Cache.Attach(view is null ? list.Selection : list.Selection.ByKeyAlone, initial || fromNow ? null : list.Revision);
        var stream = new WatchStream(request, kind ?? registry.Kind, format);
        await stream.StartAsync().ConfigureAwait(false);
        if (watcher is null)
        {
            stream.WriteError(ApiStatusException.Expired($"too old resource version: {list.ResourceVersion} ({registry.Cache.Current.Revision})").Status);
            await stream.FlushAsync().ConfigureAwait(false);
            return;
        }

        if (initial)
        {
            var initially = watcher.Snapshot.Range(list.Selection.Namespace);
            if (view is not null)
                initially = await view.ShowAsync([.. initially.Where(list.Selection.ByKeyAlone.Matches)], request.Cancellation).ConfigureAwait(false);
            foreach (var existing in initially)
            {
                if (list.Selection.Matches(existing))
                    stream.Write(CacheEventType.Added, existing);
            }

            if (watcher.Snapshot.Revision > through)
                through = watcher.Snapshot.Revision;
            if (list.SendInitialEvents == true && list.AllowBookmarks)
                stream.WriteBookmark(through, initialEventsEnd: true);
        }

        foreach (var change in watcher.Missed)
        {
            if (watcher.Selection.See(change) is not null && list.Selection.See(await ShownAsync(change, request.Cancellation).ConfigureAwait(false)) is { } seen)
                stream.Write(seen.Type, seen.Object);
        }

        await stream.FlushAsync().ConfigureAwait(false);
        await FollowAsync(request, list, watcher, stream).ConfigureAwait(false);
    }

    private async Task FollowAsync(ApiRequest request, ListRequest list, CacheWatcher watcher, WatchStream stream)
    {
        var time = registry.Services.Time;
        var timeout = list.Timeout ?? s_timeoutMin * (1 + (request.Http.TraceIdentifier.GetHashCode(StringComparison.Ordinal) & 0xff) / 256.0);
        using var end = new CancellationTokenSource(timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token, request.Cancellation);
        using var bookmark = new BookmarkClock(list.AllowBookmarks ? time : null, stop.Token, timeout);
        try
        {
            while (true)
            {
                // Read first: what it promises has been queued by then, and is written before the bookmark.
                var through = Hub.Through;
                var wrote = false;
                while (watcher.TryRead(out var next))
                {
                    if (view is null)
                        stream.Write(next.Type, next.Object);
                    else if (list.Selection.See(await ShownAsync(next, request.Cancellation).ConfigureAwait(false)) is { } seen)
                        stream.Write(seen.Type, seen.Object);
                    else
                        continue;
                    wrote = true;
                }

                if (bookmark.TryRing())
                {
                    stream.WriteBookmark(through, initialEventsEnd: false);
                    wrote = true;
                }

                if (wrote && (await stream.FlushAsync().ConfigureAwait(false)).IsCompleted)
                    return;
                try
                {
                    if (!await watcher.WaitAsync(bookmark.Token).ConfigureAwait(false))
                        return;
                }
                catch (OperationCanceledException) when (!stop.IsCancellationRequested)
                {
                    // A bookmark is due.
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has gone, or the watch's time is over: clients come again.
        }
    }

    private async ValueTask<CacheEvent> ShownAsync(CacheEvent change, CancellationToken cancellation)
    {
        if (view is null)
            return change;
        var shown = await view.ShowAsync(change.Previous is null ? [change.Object] : [change.Object, change.Previous], cancellation).ConfigureAwait(false);
        return change with { Object = shown[0], Previous = change.Previous is null ? null : shown[1] };
    }

    private async Task<(CacheSnapshot Snapshot, Revision Revision)> SnapshotAsync(ListRequest list, CancellationToken cancellation)
    {
        if (list.Continue is { } token)
        {
            if (list.Revision is not null and not { Value: 0 })
                throw ApiStatusException.BadRequest("specifying resource version is not allowed when using continue");
            if (token.Revision.Value < 0)
                return await LatestAsync(cancellation).ConfigureAwait(false);
            if (token.Revision > Hub.Through)
                await WaitAsync(token.Revision, latest: false, cancellation).ConfigureAwait(false);
            return await AtAsync(token.Revision, token, cancellation).ConfigureAwait(false);
        }

        switch (list.Revision)
        {
            case null:
                return await LatestAsync(cancellation).ConfigureAwait(false);
            case { Value: 0 }:
                return Newest();
            case { } revision when list.ResourceVersionMatch == "Exact" || (list.ResourceVersionMatch.Length == 0 && list.Limit > 0):
                await WaitAsync(revision, latest: false, cancellation).ConfigureAwait(false);
                return await AtAsync(revision, null, cancellation).ConfigureAwait(false);
            case { } revision:
                await WaitAsync(revision, latest: false, cancellation).ConfigureAwait(false);
                return Newest();
        }
    }

    private async Task<(CacheSnapshot, Revision)> LatestAsync(CancellationToken cancellation)
    {
        await WaitAsync(Revision.None, latest: true, cancellation).ConfigureAwait(false);
        return Newest();
    }

    private (CacheSnapshot, Revision) Newest()
    {
        // In this order: what Through promises is in the snapshot that is read behind it.
        var through = Hub.Through;
        var snapshot = registry.Cache.Current;
        return (snapshot, snapshot.Revision > through ? snapshot.Revision : through);
    }

    private async Task<(CacheSnapshot, Revision)> AtAsync(Revision revision, ContinueToken? token, CancellationToken cancellation)
    {
        try
        {
            // What the store has forgotten is forgotten, whatever memory still holds: clients see one horizon for all kinds.
            var floor = registry.Services.Store.Floor;
            if (revision < floor)
                throw new CompactedException(revision, floor);
            if (registry.Cache.At(revision) is { } known)
                return (known, revision);
            // Older than what is kept in memory: the store may still know.
            var page = await registry.Services.Store.ListAsync(registry.Cache.Prefix, at: revision, cancellation: cancellation).ConfigureAwait(false);
            var snapshot = CacheSnapshot.Empty with { Revision = revision };
            foreach (var entry in page.Entries)
                snapshot = snapshot.With(registry.Cache.Decode(entry));
            return (snapshot, revision);
        }
        catch (CompactedException)
        {
            var expired = ApiStatusException.Expired(token is null ? "The resourceVersion for the provided list is too old." : s_tooOldContinue).Status;
            if (token is not null)
                expired = expired with { Metadata = ListMeta.Empty with { Continue = (token with { Revision = new Revision(-1) }).ToString() } };
            throw new ApiStatusException(expired);
        }
    }

    private async Task WaitAsync(Revision revision, bool latest, CancellationToken cancellation)
    {
        if (latest)
            await Hub.WaitForLatestAsync(cancellation).ConfigureAwait(false);
        if (Hub.Through >= revision)
            return;
        using var limit = new CancellationTokenSource(s_futureWait, registry.Services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await Hub.WaitAsync(revision, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            var timeout = ApiStatusException.Timeout($"Timeout: Too large resource version: {revision}, current: {Hub.Through}", 1).Status;
            throw new ApiStatusException(timeout with
            {
                Details = timeout.Details! with { Causes = [new StatusCause { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }] },
            });
        }
    }
}
