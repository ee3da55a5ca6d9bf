using System.Net;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Ingress;
using Berth.Instance;
using Microsoft.Extensions.Logging;

namespace Berth.Up;

/// <summary>The built-in ingress controller with what it needs: a view of the cluster of its own, because it alone reads Secrets of all namespaces.</summary>
internal sealed class IngressSide : IAsyncDisposable
{
    private readonly InformerFactory _informers;
    private readonly EventRecorder _events;
    private readonly IngressServer _server;

    private IngressSide(InformerFactory informers, EventRecorder events, IngressServer server)
    {
        _informers = informers;
        _events = events;
        _server = server;
    }

    /// <param name="address">That Ingress objects tell clients to come to.</param>
    /// <exception cref="UserErrorException">It cannot listen where it should.</exception>
    public static async Task<IngressSide> StartAsync(
        IClusterClient client, IngressServerOptions options, string node, IPAddress address, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        var informers = new InformerFactory(client, logs, time);
        var events = new EventRecorder(client, "berth-ingress", node, time);
        try
        {
            var server = await IngressServer.StartAsync(informers, options with { PublishedAddresses = [address] }, events, logs, time, ct);
            return new IngressSide(informers, events, server);
        }
        catch (IOException e)
        {
            await events.DisposeAsync();
            throw new UserErrorException($"the ingress controller cannot listen: {e.Message}", "name free addresses and ports with --ingress, or leave it away", e);
        }
    }

    /// <summary>Runs until cancelled; faults with the first part that does.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] parts = [_informers.RunAsync(stop.Token), _server.RunAsync(stop.Token)];
        try
        {
            await await Task.WhenAny(parts);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _events.DisposeAsync();
    }
}
