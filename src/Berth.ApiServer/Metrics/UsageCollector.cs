using System.Buffers;
using System.Collections.Concurrent;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Subresources;
using Microsoft.Extensions.Logging;
using Node = Berth.Api.Core.V1.Node;

namespace Berth.ApiServer.Metrics;

/// <summary>
/// Asks every node's agent for its usage every 15 s, as metrics-server does, and holds what the metrics API answers with:
/// two samples of each running container. A node that does not answer keeps its last samples until it has missed several
/// rounds, so that one slow answer is no gap. One loop, owned by the server's host.
/// </summary>
public sealed partial class UsageCollector(RegistryServices services, HttpMessageInvoker nodes, ILogger log)
{
    private const int AtOnceMax = 32;

    // A thousand pods of ten containers each take less than a quarter of this.
    private const int AnswerBytesMax = 16 << 20;

    // After this many the numbers would mislead.
    private const int MissedRoundsMax = 4;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Null when nothing is known of the node.</summary>
    public NodeUsage? Of(string node) => _known.GetValueOrDefault(node)?.Usage;

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(s_interval, services.Time);
        try
        {
            do
            {
                await CollectAsync(ct).ConfigureAwait(false);
            }
            while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    /// <summary>One round over all nodes.</summary>
    public async Task CollectAsync(CancellationToken ct)
    {
        var all = services.Registries.List<Node>().Where(n => !n.Status.Addresses.IsEmpty).Select(n => n.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _known.Keys.Where(n => !all.Contains(n)))
            _known.TryRemove(gone, out _);
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = ct }, CollectAsync).ConfigureAwait(false);
    }

    private async ValueTask CollectAsync(string node, CancellationToken ct)
    {
        var known = _known.GetValueOrDefault(node) ?? new Known(NodeUsage.Empty, 0);
        try
        {
            _known[node] = new Known(known.Usage.After(await ScrapeAsync(node, ct).ConfigureAwait(false)), 0);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or ApiStatusException)
        {
            LogMissed(log, node, e.Message);
            if (known.Missed < MissedRoundsMax)
                _known[node] = known with { Missed = known.Missed + 1 };
            else
                _known.TryRemove(node, out _);
        }
    }

    private async Task<NodeScrape> ScrapeAsync(string node, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(s_patience, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var address = NodeAddress.Of(services.Registries, node);
        address.Path = "/metrics/resource";
        using var request = new HttpRequestMessage(HttpMethod.Get, address.Uri);
        using var response = await nodes.SendAsync(request, either.Token).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"the agent answered {(int)response.StatusCode}");
        var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
            try
            {
                var filled = 0;
                while (await stream.ReadAsync(buffer.AsMemory(filled), either.Token).ConfigureAwait(false) is > 0 and var read)
                {
                    filled += read;
                    if (filled < buffer.Length)
                        continue;
                    if (filled >= AnswerBytesMax)
                        throw new IOException($"the agent's answer is longer than {AnswerBytesMax} bytes");
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.CopyTo(larger, 0);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                return NodeScrape.Parse(buffer.AsSpan(0, filled), services.Now);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    [LoggerMessage(1401, LogLevel.Debug, "No usage from node {Node}: {Problem}")]
    private static partial void LogMissed(ILogger log, string node, string problem);

    /// <param name="Missed">Rounds since the node last answered.</param>
    private sealed record Known(NodeUsage Usage, int Missed);
}
