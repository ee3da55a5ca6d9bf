using Berth.Api;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Client.Informers;

/// <summary>
/// One informer per kind, shared by all components of a process. Components ask for theirs before <see cref="RunAsync"/>;
/// later ones are started when they are first asked for.
/// </summary>
public sealed class InformerFactory(IClusterClient client, ILoggerFactory? logs = null, TimeProvider? time = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IInformer> _informers = new(StringComparer.Ordinal);
    private readonly List<Task> _running = [];
    private CancellationToken? _stop;

    public IClusterClient Client => client;

    public Informer<T> For<T>()
        where T : class, IApiObject<T>
    {
        lock (_gate)
        {
            var key = $"{T.Kind.Group}/{T.Kind.Plural}";
            if (_informers.TryGetValue(key, out var found))
                return (Informer<T>)found;
            var log = logs?.CreateLogger("Berth.Client.Informer");
            var informer = new Informer<T>(client, new InformerOptions { Time = time ?? TimeProvider.System }, log ?? NullLogger.Instance);
            _informers.Add(key, informer);
            if (_stop is { } stop)
                _running.Add(informer.RunAsync(stop));
            return informer;
        }
    }

    /// <summary>Runs all informers until cancelled; faults when one of them does.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_stop is not null)
                throw new InvalidOperationException("the informers run already");
            _stop = ct;
            _running.AddRange(_informers.Values.Select(i => i.RunAsync(ct)));
        }

        while (true)
        {
            Task[] running;
            lock (_gate)
                running = [.. _running];
            // Without informers there is nothing to wait for but the end.
            var first = running.Length > 0 ? await Task.WhenAny(running).ConfigureAwait(false) : Task.Delay(Timeout.Infinite, ct);
            await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
            {
                await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            await first.ConfigureAwait(false);
        }
    }

    public Task WaitForSyncAsync(CancellationToken ct)
    {
        lock (_gate)
            return Task.WhenAll(_informers.Values.Select(i => i.WaitForSyncAsync(ct)));
    }
}
