using Berth.Api;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Client.Informers;

/// <summary>
/// Keeps a local copy of one kind's objects: lists once, then watches, and lists again only when the server no longer has
/// the changes in between. Handlers run one at a time on the informer's loop, in the order of the changes.
/// </summary>
/// <remarks>
/// A handler that throws ends the loop: it is a bug. Handlers enqueue keys and return. After a fresh list, handlers see the
/// difference to what the cache held, so that nothing is missed and nothing is told twice.
/// </remarks>
public sealed partial class Informer<T> : IInformer
    where T : class, IApiObject<T>
{
    private static readonly TimeSpan s_retryMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_retryMax = TimeSpan.FromSeconds(10);

    // Servers end watches now and then; this is our own bound, spread so that many informers do not renew at once.
    private static readonly TimeSpan s_watchTimeout = TimeSpan.FromMinutes(5);

    private readonly IClusterClient _client;
    private readonly InformerOptions _options;
    private readonly ILogger _log;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Handler> _handlers = [];
    private readonly Lock _gate = new();
    private int _started;

    public Informer(IClusterClient client, InformerOptions? options = null, ILogger? log = null)
    {
        _client = client;
        _options = options ?? new InformerOptions();
        _log = log ?? NullLogger.Instance;
    }

    public InformerCache<T> Cache { get; } = new();

    /// <summary>True once the first list is in the cache and its handlers have run.</summary>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>
    /// Adds a handler. One that comes after the first list is told of everything that is in the cache, as added, before
    /// anything else.
    /// </summary>
    public void AddHandler(Action<T>? added = null, Action<T, T>? updated = null, Action<T>? deleted = null)
    {
        lock (_gate)
        {
            foreach (var value in Cache.List())
                added?.Invoke(value);
            _handlers.Add(new Handler(added, updated, deleted));
        }
    }

    /// <summary>Runs until cancelled. May be called once.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException($"the informer of {T.Kind.Plural} runs already");
        var retry = s_retryMin;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var version = await ListAsync(ct).ConfigureAwait(false);
                _synced.TrySetResult();
                retry = s_retryMin;
                await WatchAsync(version, ct).ConfigureAwait(false);
                continue;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ApiException e) when (e.IsGone)
            {
                continue;
            }
            catch (Exception e) when (IsTransient(e))
            {
                LogListFailed(_log, T.Kind.Plural, e.Message, retry);
            }

            await Task.Delay(retry, _options.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            retry = retry * 2 < s_retryMax ? retry * 2 : s_retryMax;
        }
    }

    public Task WaitForSyncAsync(CancellationToken ct) => _synced.Task.WaitAsync(ct);

    private static bool IsTransient(Exception e) =>
        e is ApiException or HttpRequestException or IOException or System.Text.Json.JsonException or OperationCanceledException;

    private async Task<string> ListAsync(CancellationToken ct)
    {
        var seen = new HashSet<ObjectKey>();
        var version = "";
        string? next = null;
        do
        {
            var page = await _client.ListAsync<T>(_options.Namespace, Selection(new ListOptions { Limit = _options.PageSize, Continue = next }), ct).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                seen.Add(ObjectKey.Of(item));
                Set(item);
            }

            version = page.Metadata.ResourceVersion;
            next = page.Metadata.Continue;
        }
        while (next.Length > 0);
        foreach (var key in Cache.Keys())
        {
            if (!seen.Contains(key))
                Remove(key, null);
        }

        return version;
    }

    // Ends only by exception: a watch that the server closes is resumed where it stopped.
    private async Task WatchAsync(string version, CancellationToken ct)
    {
        var retry = s_retryMin;
        while (true)
        {
            try
            {
                var options = Selection(new ListOptions { ResourceVersion = version, AllowWatchBookmarks = true, Timeout = s_watchTimeout });
                await foreach (var change in _client.WatchAsync<T>(_options.Namespace, options, ct).ConfigureAwait(false))
                {
                    version = change.Object.Metadata.ResourceVersion;
                    retry = s_retryMin;
                    if (change.Type is WatchEventType.Added or WatchEventType.Modified)
                        Set(change.Object);
                    else if (change.Type == WatchEventType.Deleted)
                        Remove(ObjectKey.Of(change.Object), change.Object);
                }
            }
            catch (Exception e) when (IsTransient(e) && e is not ApiException { IsGone: true } && !ct.IsCancellationRequested)
            {
                LogWatchFailed(_log, T.Kind.Plural, e.Message, retry);
                await Task.Delay(retry, _options.Time, ct).ConfigureAwait(false);
                retry = retry * 2 < s_retryMax ? retry * 2 : s_retryMax;
            }
        }
    }

    private ListOptions Selection(ListOptions options) =>
        options with { LabelSelector = _options.LabelSelector, FieldSelector = _options.FieldSelector };

    private void Set(T value)
    {
        lock (_gate)
        {
            var old = Cache.Set(value);
            if (old is not null && old.Metadata.ResourceVersion == value.Metadata.ResourceVersion && old.Metadata.ResourceVersion.Length > 0)
                return;
            foreach (var handler in _handlers)
            {
                if (old is null)
                {
                    handler.Added?.Invoke(value);
                }
                else if (old.Metadata.Uid != value.Metadata.Uid)
                {
                    // Deleted and made again while we were not looking.
                    handler.Deleted?.Invoke(old);
                    handler.Added?.Invoke(value);
                }
                else
                {
                    handler.Updated?.Invoke(old, value);
                }
            }
        }
    }

    private void Remove(ObjectKey key, T? last)
    {
        lock (_gate)
        {
            if (Cache.Remove(key) is not { } old)
                return;
            foreach (var handler in _handlers)
                handler.Deleted?.Invoke(last ?? old);
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "Listing {Resource} failed, trying again in {Delay}: {Problem}")]
    private static partial void LogListFailed(ILogger log, string resource, string problem, TimeSpan delay);

    [LoggerMessage(2002, LogLevel.Information, "The watch of {Resource} broke, resuming in {Delay}: {Problem}")]
    private static partial void LogWatchFailed(ILogger log, string resource, string problem, TimeSpan delay);

    private sealed record Handler(Action<T>? Added, Action<T, T>? Updated, Action<T>? Deleted);
}
