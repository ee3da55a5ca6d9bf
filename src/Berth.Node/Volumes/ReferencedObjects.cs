using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Volumes;

/// <summary>
/// ConfigMaps and Secrets that this node's pods refer to, one watch each: a node may see those objects alone, and sees them
/// change at once. An object is read from the server when it is first asked for, and kept while a pod uses it.
/// </summary>
/// <param name="changed">Called with the uid of each pod that uses an object that changed.</param>
public sealed class ReferencedObjects(IClusterClient client, TimeProvider time, ILogger log, Action<string> changed) : IAsyncDisposable
{
    // The next pod of a namespace often asks for the same: its certificate, a deployment's settings.
    private static readonly TimeSpan _keptUnused = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Kind, ObjectKey Key), Entry> _entries = [];

    public Task<ConfigMap?> ConfigMapAsync(Pod pod, string name, CancellationToken ct) => GetAsync<ConfigMap>(pod, name, ct);

    public Task<Secret?> SecretAsync(Pod pod, string name, CancellationToken ct) => GetAsync<Secret>(pod, name, ct);

    /// <summary>The pod is gone: what only it used is watched no more, a while later.</summary>
    public void Release(string podUid)
    {
        lock (_gate)
        {
            foreach (var (key, entry) in _entries)
            {
                if (entry.Users.Remove(podUid) && entry.Users.Count == 0) _ = ForgetAsync(key, entry);
            }
        }
    }

    private async Task ForgetAsync((string Kind, ObjectKey Key) key, Entry entry)
    {
        try
        {
            await Task.Delay(_keptUnused, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return; // all of them end
        }

        lock (_gate)
        {
            if (entry.Users.Count > 0 || !_entries.TryGetValue(key, out var current) || current != entry) return;
            _entries.Remove(key);
        }

        await entry.Stop.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_gate) running = [.. _entries.Values.Select(e => e.Running)];
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <returns>Null where the server has no such object.</returns>
    /// <exception cref="ApiException">Any refusal but "not found".</exception>
    private async Task<T?> GetAsync<T>(Pod pod, string name, CancellationToken ct)
        where T : class, IApiObject<T>
    {
        var ns = pod.Metadata.Namespace;
        var informer = Use<T>(ns, name, pod.Metadata.Uid);
        if (informer.HasSynced) return informer.Cache.Get(ns, name);
        try
        {
            return await client.GetAsync<T>(ns, name, null, ct);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    private Informer<T> Use<T>(string ns, string name, string podUid)
        where T : class, IApiObject<T>
    {
        var key = (T.Kind.Plural, new ObjectKey(ns, name));
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var found))
            {
                found.Users.Add(podUid);
                return (Informer<T>)found.Informer;
            }

            var informer = new Informer<T>(client, new InformerOptions { Namespace = ns, FieldSelector = $"metadata.name={name}", Time = time }, log);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var entry = new Entry(informer, stop, [podUid]);
            informer.AddHandler(_ => Tell(entry), (_, _) => Tell(entry), _ => Tell(entry));
            entry.Running = Task.Run(() => informer.RunAsync(stop.Token), CancellationToken.None);
            _entries.Add(key, entry);
            return informer;
        }
    }

    private void Tell(Entry entry)
    {
        string[] users;
        lock (_gate) users = [.. entry.Users];
        foreach (var user in users) changed(user);
    }

    private sealed record Entry(IInformer Informer, CancellationTokenSource Stop, HashSet<string> Users)
    {
        public Task Running { get; set; } = Task.CompletedTask;
    }
}
