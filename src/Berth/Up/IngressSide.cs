using System.Net;
using System.Net.Sockets;
using Berth.Api.Authorization.V1;
using Berth.Api.Networking.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Ingress;
using Berth.Instance;
using Microsoft.Extensions.Logging;
using IPAddress = System.Net.IPAddress;

namespace Berth.Up;

/// <summary>The built-in ingress controller with what it needs: a view of the cluster of its own, because it alone reads Secrets of all namespaces.</summary>
internal sealed class IngressSide : IAsyncDisposable
{
    private static readonly TimeSpan s_announceRetry = TimeSpan.FromMilliseconds(200);

    private readonly InformerFactory _informers;
    private readonly EventRecorder _events;
    private readonly IngressServer _server;

    private IngressSide(InformerFactory informers, EventRecorder events, IngressServer server)
    {
        _informers = informers;
        _events = events;
        _server = server;
    }

    /// <param name="member">The node that this machine is; empty on a control plane's own machine.</param>
    /// <param name="addresses">This machine's, that Ingress objects tell clients to come to.</param>
    /// <exception cref="UserErrorException">It cannot listen where it should.</exception>
    public static async Task<IngressSide> StartAsync(
        IClusterClient client, IngressServerOptions options, string member, IReadOnlyList<IPAddress> addresses, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        var informers = new InformerFactory(client, logs, time);
        var events = new EventRecorder(client, "berth-ingress", member.Length > 0 ? member : null, time);
        try
        {
            var wanted = options with { Member = member, PublishedAddresses = [.. addresses] };
            if (addresses.Any(a => a.AddressFamily == AddressFamily.InterNetworkV6))
                wanted = wanted.OnBothFamilies();
            var server = await IngressServer.StartAsync(informers, wanted, events, logs, time, ct);
            return new IngressSide(informers, events, server);
        }
        catch (IOException e)
        {
            await events.DisposeAsync();
            throw new UserErrorException($"the ingress controller cannot listen: {e.Message}", "name free addresses and ports with --ingress, or leave it away", e);
        }
    }

    /// <summary>Sees that a node may serve Ingresses: it will read the certificates' keys of all namespaces, which only an administrator can allow.</summary>
    /// <exception cref="UserErrorException">It may not.</exception>
    public static async Task RequireRightsAsync(IClusterClient client, string nodeName, CancellationToken ct)
    {
        var review = await client.CreateAsync(
            new SelfSubjectAccessReview { Spec = new() { ResourceAttributes = new() { Verb = "list", Group = "networking.k8s.io", Version = "v1", Resource = "ingresses" } } }, ct: ct);
        if (!review.Status.Allowed)
        {
            throw new UserErrorException(
                $"the node {nodeName} may not serve Ingresses: it would read the Secrets of all namespaces",
                $"allow it: kubectl create clusterrolebinding berth-ingress-{nodeName} --clusterrole=system:berth-ingress --user=system:node:{nodeName}");
        }
    }

    /// <summary>Tells the other members that the control plane's machine serves Ingresses too, or no more.</summary>
    /// <param name="addresses">Empty: it does not.</param>
    public static async Task AnnounceAsync(IClusterClient client, IngressServerOptions options, IReadOnlyList<IPAddress> addresses, TimeProvider time, CancellationToken ct)
    {
        var wanted = string.Join(',', addresses);
        while (true)
        {
            try
            {
                var present = await client.GetAsync<IngressClass>(null, options.ClassName, ct: ct);
                if (present.Metadata.Annotations.GetOr(IngressServerOptions.Announcement, "") == wanted)
                    return;
                var annotations = wanted.Length > 0 ? present.Metadata.Annotations.With(IngressServerOptions.Announcement, wanted) : present.Metadata.Annotations.Without(IngressServerOptions.Announcement);
                await client.UpdateAsync(present with { Metadata = present.Metadata with { Annotations = annotations } }, ct: ct);
                return;
            }
            catch (ApiException e) when (e.IsNotFound && wanted.Length == 0)
            {
                return;
            }
            catch (ApiException e) when (e.IsNotFound || e.IsConflict)
            {
                // The controller is just making it.
                await Task.Delay(s_announceRetry, time, ct);
            }
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
