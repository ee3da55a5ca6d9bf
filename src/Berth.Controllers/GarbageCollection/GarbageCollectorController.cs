using System.Text.Json;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.Client;
using Berth.Client.Metadata;
using Microsoft.Extensions.Logging;

namespace Berth.Controllers.GarbageCollection;

/// <summary>
/// Deletes objects whose owners are all gone, lets owners that are deleted in the foreground end after their dependents, and
/// frees the dependents of owners that are deleted with the orphan policy.
/// </summary>
/// <remarks>
/// A queue key's name is a uid here: names may be taken again while an older object still ends. Before anything is deleted,
/// owners that the graph does not know are looked up on the server, because the watches of different kinds run apart; and
/// every deletion carries the uid, so that a new object of the same name is never hit.
/// </remarks>
public sealed partial class GarbageCollectorController : Controller
{
    // As often as Kubernetes asks. Definitions of custom kinds and registrations of other servers are watched here like any
    // other object, so that those are heard of at once.
    private static readonly TimeSpan s_rediscovery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly MetadataClient _metadata;
    private readonly OwnershipGraph _graph = new();

    // By group and plural; owned by the loop of RunBackgroundAsync.
    private readonly Dictionary<(string Group, string Plural), Following> _following = [];
    private readonly SemaphoreSlim _rediscover = new(0);

    private int _unlisted;
    private volatile bool _discovered;

    public GarbageCollectorController(ControllerContext context)
        : base(context, "generic-garbage-collector", workers: 8) => _metadata = context.Metadata;

    public override void Dispose()
    {
        _rediscover.Dispose();
        base.Dispose();
    }

    protected override async Task RunBackgroundAsync(CancellationToken ct)
    {
        ServedKinds? before = null;
        while (!ct.IsCancellationRequested)
        {
            var wait = s_rediscovery;
            try
            {
                var served = await _metadata.Kinds.AskAsync(ct).ConfigureAwait(false);
                if (!ReferenceEquals(served, before))
                    await FollowAsync(served, ct).ConfigureAwait(false);
                before = served;
                _discovered = true;
                // Of a server that is away nothing is known; it may be back soon.
                if (served.Stale.Count > 0)
                    wait = s_retry;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                LogFollowFailed(Log, "discovery", e.Message);
                wait = s_retry;
            }
            catch (OperationCanceledException)
            {
                break;
            }

            await WaitAsync(wait, ct).ConfigureAwait(false);
        }

        await Task.WhenAll(_following.Values.Select(f => f.EndAsync())).ConfigureAwait(false);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        // Without a view of every kind, an owner that was not listed yet would look gone. The look-up on the server would
        // save us, at the price of one request an object at each start.
        if (!_discovered || Volatile.Read(ref _unlisted) > 0)
        {
            Queue.AddAfter(key, s_retry);
            return;
        }

        if (_graph.Get(key.Name) is not { } value)
            return;
        var meta = value.Metadata;
        if (meta.DeletionTimestamp is not null)
        {
            if (meta.Finalizers.Contains("orphan"))
                await OrphanAsync(value, ct).ConfigureAwait(false);
            else if (OwnershipGraph.WaitsForDependents(meta))
                await EndDependentsAsync(value, ct).ConfigureAwait(false);
            return;
        }

        if (!meta.OwnerReferences.IsEmpty)
            await CollectAsync(value, ct).ConfigureAwait(false);
    }

    private static string? NamespaceOf(ObjectMetadata value) => value.Kind.Namespaced ? value.Metadata.Namespace : null;

    // The object lives as long as one of its owners does.
    private async Task CollectAsync(ObjectMetadata value, CancellationToken ct)
    {
        List<OwnerReference> solid = [], waiting = [], gone = [];
        foreach (var owner in value.Metadata.OwnerReferences)
        {
            var state = await StateOfAsync(value, owner, ct).ConfigureAwait(false);
            (state switch { OwnerState.Solid => solid, OwnerState.Waiting => waiting, _ => gone }).Add(owner);
        }

        if (solid.Count > 0)
        {
            if (gone.Count + waiting.Count == 0)
                return;
            await DropOwnersAsync(value, [.. gone, .. waiting], ct).ConfigureAwait(false);
            return;
        }

        var dependents = _graph.DependentsOf(value.Metadata.Uid);
        // A dependent that itself waits for its dependents may wait for this very object. Not to wait in a circle for ever,
        // this one no longer holds its owners up.
        if (waiting.Count > 0 && dependents.Any(d => OwnershipGraph.WaitsForDependents(d.Metadata)) && value.Metadata.OwnerReferences.Any(o => o.BlockOwnerDeletion == true))
        {
            await WriteOwnersAsync(value, value.Metadata.OwnerReferences.Select(o => o.BlockOwnerDeletion == true ? o with { BlockOwnerDeletion = false } : o), ct).ConfigureAwait(false);
            Queue.AddRateLimited(new ObjectKey("", value.Metadata.Uid));
            return;
        }

        var policy = value.Metadata.Finalizers.Contains("orphan") ? "Orphan"
            : waiting.Count > 0 && dependents.Count > 0 ? "Foreground"
            : value.Metadata.Finalizers.Contains("foregroundDeletion") ? "Foreground"
            : "Background";
        LogCollected(Log, value.Kind.Kind, value.Metadata.Namespace, value.Metadata.Name, policy);
        await DeleteAsync(value, policy, ct).ConfigureAwait(false);
    }

    private async Task<OwnerState> StateOfAsync(ObjectMetadata dependent, OwnerReference owner, CancellationToken ct)
    {
        if (_graph.Get(owner.Uid) is { } known)
            return OwnershipGraph.WaitsForDependents(known.Metadata) ? OwnerState.Waiting : OwnerState.Solid;
        var kind = _metadata.Kinds.Last.Find(owner.ApiVersion, owner.Kind);
        // An owner of a kind that nobody knows here may exist all the same: a custom resource whose definition is away.
        if (kind is null || !kind.Verbs.Contains("get"))
            return OwnerState.Solid;
        if (kind.Namespaced && !dependent.Kind.Namespaced)
            return OwnerState.Solid;
        var live = await _metadata.GetAsync(kind, kind.Namespaced ? dependent.Metadata.Namespace : null, owner.Name, ct).ConfigureAwait(false);
        return live is not null && live.Metadata.Uid == owner.Uid
            ? OwnershipGraph.WaitsForDependents(live.Metadata) ? OwnerState.Waiting : OwnerState.Solid
            : OwnerState.Gone;
    }

    // Foreground: dependents that block come first; the owner ends when none is left.
    private async Task EndDependentsAsync(ObjectMetadata owner, CancellationToken ct)
    {
        var blocking = 0;
        foreach (var dependent in _graph.DependentsOf(owner.Metadata.Uid))
        {
            var reference = dependent.Metadata.OwnerReferences.FirstOrDefault(o => o.Uid == owner.Metadata.Uid);
            if (reference?.BlockOwnerDeletion == true)
                blocking++;
            Queue.Add(new ObjectKey("", dependent.Metadata.Uid));
        }

        if (blocking == 0)
            await DropFinalizerAsync(owner, "foregroundDeletion", ct).ConfigureAwait(false);
    }

    private async Task OrphanAsync(ObjectMetadata owner, CancellationToken ct)
    {
        foreach (var dependent in _graph.DependentsOf(owner.Metadata.Uid))
            await DropOwnersAsync(dependent, [.. dependent.Metadata.OwnerReferences.Where(o => o.Uid == owner.Metadata.Uid)], ct).ConfigureAwait(false);
        await DropFinalizerAsync(owner, "orphan", ct).ConfigureAwait(false);
    }

    private Task DropOwnersAsync(ObjectMetadata value, IReadOnlyList<OwnerReference> owners, CancellationToken ct)
    {
        return WriteOwnersAsync(value, value.Metadata.OwnerReferences.Where(o => !owners.Any(gone => gone.Uid == o.Uid)), ct);
    }

    private Task WriteOwnersAsync(ObjectMetadata value, IEnumerable<OwnerReference> owners, CancellationToken ct) => PatchAsync(value, writer =>
    {
        writer.WriteStartArray("ownerReferences");
        foreach (var owner in owners)
            owner.WriteJson(writer);
        writer.WriteEndArray();
    }, ct);

    private Task DropFinalizerAsync(ObjectMetadata value, string finalizer, CancellationToken ct) => PatchAsync(value, writer =>
    {
        writer.WriteStartArray("finalizers");
        foreach (var other in value.Metadata.Finalizers)
        {
            if (other != finalizer)
                writer.WriteStringValue(other);
        }

        writer.WriteEndArray();
    }, ct);

    // The resourceVersion makes the patch fail when the lists that it replaces have changed meanwhile.
    private async Task PatchAsync(ObjectMetadata value, Action<Utf8JsonWriter> write, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            writer.WriteString("uid", value.Metadata.Uid);
            writer.WriteString("resourceVersion", value.Metadata.ResourceVersion);
            write(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        try
        {
            await _metadata.PatchAsync(value.Kind, NamespaceOf(value), value.Metadata.Name, buffer.ToArray(), ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // It is gone: nothing is left to do, and the watch will say so.
        }
    }

    private async Task DeleteAsync(ObjectMetadata value, string policy, CancellationToken ct)
    {
        try
        {
            var options = new DeleteOptions
            {
                PropagationPolicy = policy,
                Preconditions = new Preconditions { Uid = value.Metadata.Uid },
            };
            await _metadata.DeleteAsync(value.Kind, NamespaceOf(value), value.Metadata.Name, options, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || (e.IsConflict && e.Message.Contains("UID", StringComparison.OrdinalIgnoreCase)))
        {
            // Gone, or another object has its name by now.
        }
    }

    // Begins to follow the kinds that are new, and lets go of those that are no longer served.
    private async Task FollowAsync(ServedKinds served, CancellationToken ct)
    {
        var wanted = new Dictionary<(string, string), KindInfo>();
        foreach (var kind in served.Preferred)
        {
            // Events own nothing, and are more than all the rest.
            if (kind.Kind != "Event" && kind.Verbs.Contains("delete") && kind.Verbs.Contains("list") && kind.Verbs.Contains("watch"))
                wanted.TryAdd((kind.Group, kind.Plural), kind);
        }

        foreach (var (key, following) in _following.Where(f => !ReferenceEquals(wanted.GetValueOrDefault(f.Key), f.Value.Kind)).ToList())
        {
            if (served.Stale.Contains($"{key.Group}/{following.Kind.Version}"))
                continue;
            _following.Remove(key);
            await following.EndAsync().ConfigureAwait(false);
            foreach (var uid in _graph.UidsOf(following.Kind))
                Wake(_graph.Remove(uid));
        }

        foreach (var (key, kind) in wanted)
        {
            if (_following.ContainsKey(key))
                continue;
            Interlocked.Increment(ref _unlisted);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            _following.Add(key, new Following(kind, stop, FollowAsync(kind, stop.Token)));
        }
    }

    private async Task FollowAsync(KindInfo kind, CancellationToken ct)
    {
        var counted = false;
        while (!ct.IsCancellationRequested)
        {
            var wait = s_retry;
            try
            {
                var version = await ListAsync(kind, ct).ConfigureAwait(false);
                Count();
                await WatchAsync(kind, version, ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                break;
            }
            catch (ApiException e) when (e.IsGone)
            {
                continue;
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or OperationCanceledException)
            {
                // A kind that cannot be read, such as one whose server is away, must not stop the collection of all others.
                Count();
                LogFollowFailed(Log, kind.Plural, e.Message);
                if (e is ApiException { IsNotFound: true })
                {
                    _rediscover.Release();
                    wait = s_rediscovery;
                }
            }

            await Task.Delay(wait, Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Count();

        void Count()
        {
            if (!counted)
                Interlocked.Decrement(ref _unlisted);
            counted = true;
        }
    }

    private async Task WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var timer = Task.Delay(atMost, Time, over.Token);
        await Task.WhenAny(timer, _rediscover.WaitAsync(over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        while (_rediscover.CurrentCount > 0)
            await _rediscover.WaitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<string> ListAsync(KindInfo kind, CancellationToken ct)
    {
        var (items, version) = await _metadata.ListAsync(kind, null, ct).ConfigureAwait(false);
        var seen = items.Select(i => i.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var item in items)
            Wake(_graph.Set(item));
        foreach (var uid in _graph.UidsOf(kind))
        {
            if (!seen.Contains(uid))
                Wake(_graph.Remove(uid));
        }

        return version;
    }

    private async Task WatchAsync(KindInfo kind, string version, CancellationToken ct)
    {
        while (true)
        {
            await foreach (var change in _metadata.WatchAsync(kind, version, ct).ConfigureAwait(false))
            {
                version = change.Object.Metadata.ResourceVersion;
                if (DefinesKinds(kind) && change.Type != WatchEventType.Bookmark)
                    _rediscover.Release();
                if (change.Type is WatchEventType.Added or WatchEventType.Modified)
                    Wake(_graph.Set(change.Object));
                else if (change.Type == WatchEventType.Deleted)
                    Wake(_graph.Remove(change.Object.Metadata.Uid));
            }
        }
    }

    private static bool DefinesKinds(KindInfo kind) => kind is { Group: "apiextensions.k8s.io", Kind: "CustomResourceDefinition" } or { Group: "apiregistration.k8s.io", Kind: "APIService" };

    private void Wake(IReadOnlyList<string> uids)
    {
        foreach (var uid in uids)
            Queue.Add(new ObjectKey("", uid));
    }

    [LoggerMessage(3101, LogLevel.Debug, "{Kind} {Namespace}/{Name} has no owner left and is deleted ({Policy})")]
    private static partial void LogCollected(ILogger log, string kind, string @namespace, string name, string policy);

    [LoggerMessage(3102, LogLevel.Information, "Following {Resource} broke, trying again: {Problem}")]
    private static partial void LogFollowFailed(ILogger log, string resource, string problem);

    private sealed record Following(KindInfo Kind, CancellationTokenSource Stop, Task Running)
    {
        public async Task EndAsync()
        {
            await Stop.CancelAsync().ConfigureAwait(false);
            await Running.ConfigureAwait(false);
            Stop.Dispose();
        }
    }

    private enum OwnerState
    {
        /// <summary>It exists.</summary>
        Solid,

        /// <summary>It exists, and waits for its dependents to end.</summary>
        Waiting,

        Gone,
    }
}
