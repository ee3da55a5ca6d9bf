using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Network.Dns;
using Berth.Network.LoadBalancers;
using Berth.Network.PodNetwork;
using Berth.Network.Policies;
using Berth.Network.Proxy;
using Microsoft.Extensions.Logging;

namespace Berth.Network;

/// <summary>
/// All of a node's network in the order it comes up: (1) bridge and kernel settings, before any pod and without the API; (2) DNS takes its
/// address; (3) proxy and DNS follow the API until the end. Rules and bridge stay when it ends, so that pods go on working; a later start
/// finds and adopts them, and <see cref="PurgeAsync"/> removes them. Routes to other nodes' pods follow the API too.
/// </summary>
public sealed class NodeNetwork : IDisposable
{
    private readonly NodePodNetwork _podNetwork;
    private readonly PodLinks _links;
    private readonly ServiceProxy _proxy;
    private readonly ClusterDns _dns;
    private readonly AddressAnnouncer _announcer;
    private readonly PolicyEnforcer _policies;
    private readonly NodeRoutes? _routes;
    private readonly TimeProvider _time;

    private NodeNetwork(
        NodePodNetwork podNetwork, PodLinks links, PodNetworkStatus status, ServiceProxy proxy, ClusterDns dns, AddressAnnouncer announcer, PolicyEnforcer policies, NodeRoutes? routes, TimeProvider time)
    {
        _routes = routes;
        _podNetwork = podNetwork;
        _links = links;
        Warnings = status.Warnings;
        _proxy = proxy;
        _dns = dns;
        _announcer = announcer;
        _policies = policies;
        _time = time;
    }

    /// <summary>What will not work on this machine, and what to do; for the user.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>This machine's public key, where pods' packets between machines are encrypted.</summary>
    public string? WireguardKey { get; private init; }

    /// <summary>Where this node's DNS listens.</summary>
    public IPEndPoint DnsServer => _dns.Listen();

    /// <summary>Completes when Services and cluster DNS work for everything that existed at the start, and the DNS Service leads to the server.</summary>
    public Task WaitForReadyAsync(CancellationToken cancellation) => Task.WhenAll(
        _proxy.Ready.WaitAsync(cancellation),
        _policies.Ready.WaitAsync(cancellation),
        _dns.Ready.WaitAsync(cancellation),
        _proxy.WaitForServiceAsync(new ObjectKey(ClusterDnsOptions.ServiceNamespace, ClusterDnsOptions.ServiceName), cancellation));

    /// <summary>Steps 1 and 2. Subscribes to the informers, so it comes before they run or at least before they are waited for.</summary>
    /// <exception cref="Berth.Linux.Processes.ProcessFailedException">A command of ip or nft failed; its message says which.</exception>
    /// <exception cref="WireguardMissingException">WireGuard is asked for, and this kernel has none.</exception>
    /// <exception cref="IOException">A kernel setting could not be changed, or DNS cannot listen.</exception>
    public static async Task<NodeNetwork> PrepareAsync(
        InformerFactory informers, NodeNetworkOptions options, IHostNetwork host, ILoggerFactory logs, TimeProvider time, CancellationToken cancellation)
    {
        var podNetwork = new NodePodNetwork(options.Pod, host, logs.CreateLogger<NodePodNetwork>());
        var status = await podNetwork.EnsureAsync(cancellation).ConfigureAwait(false);
        var dns = new ClusterDns(informers, options.Dns, logs.CreateLogger<ClusterDns>(), time);
        dns.Listen();
        var proxy = new ServiceProxy(informers, options.Proxy(status), host, logs.CreateLogger<ServiceProxy>(), time);
        var announcer = new AddressAnnouncer(informers, options.NodeName, options.AddressRecord, host, logs.CreateLogger<AddressAnnouncer>(), time);
        var guardBridge = !status.BridgeNetfilter && await PolicyEnforcer.CanGuardBridgeAsync(host, cancellation).ConfigureAwait(false);
        if (!status.BridgeNetfilter && !guardBridge)
        {
            status = status with
            {
                Warnings =
                [
                    .. status.Warnings,
                    "this kernel has neither br_netfilter nor nf_conntrack_bridge: network policies do not hold between pods of this node, only between nodes and towards the outside. Load one of these modules",
                ],
            };
        }
        var policies = new PolicyEnforcer(informers, options.Policies(guardBridge), host, logs.CreateLogger<PolicyEnforcer>(), time);
        var routes = options.Routes is { } r ? new NodeRoutes(informers, r, options, host, logs.CreateLogger<NodeRoutes>(), time) : null;
        var links = new PodLinks(options.Links, host, logs.CreateLogger<PodLinks>());
        var key = await NodeRoutes.EnsureKeyAsync(options, host, cancellation).ConfigureAwait(false);
        return new NodeNetwork(podNetwork, links, status, proxy, dns, announcer, policies, routes, time) { WireguardKey = key };
    }

    /// <summary>Completes when network policies hold for a pod of this node and its link is set up: after it has its addresses, before its first container starts.</summary>
    public Task AdmitPodAsync(Pod pod, IReadOnlyList<string> addresses, CancellationToken cancellation) =>
        Task.WhenAll(_policies.AdmitAsync(pod, addresses, cancellation), _links.EnsureAsync(cancellation));

    /// <summary>Step 3: runs until cancelled; faults with the first part that does.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] parts =
        [
            _podNetwork.RunAsync(_time, stop.Token), _links.RunAsync(_time, stop.Token), _proxy.RunAsync(stop.Token), _dns.RunAsync(stop.Token), _announcer.RunAsync(stop.Token), _policies.RunAsync(stop.Token),
            .. _routes is null ? Array.Empty<Task>() : [_routes.RunAsync(stop.Token)],
        ];
        try
        {
            await await Task.WhenAny(parts).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Leaves the machine as it was found. The pods must be gone. What is not there is no error.</summary>
    public static async Task PurgeAsync(NodeNetworkOptions options, IHostNetwork host, ILoggerFactory logs, CancellationToken cancellation)
    {
        await ServiceProxy.PurgeAsync(options.Table, host, cancellation).ConfigureAwait(false);
        await AddressAnnouncer.PurgeAsync(options.AddressRecord, host, cancellation).ConfigureAwait(false);
        await PolicyEnforcer.PurgeAsync(options.PolicyTable, host, cancellation).ConfigureAwait(false);
        await NodeRoutes.PurgeAsync(options, host, cancellation).ConfigureAwait(false);
        await new NodePodNetwork(options.Pod, host, logs.CreateLogger<NodePodNetwork>()).PurgeAsync(cancellation).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _dns.Dispose();
        _links.Dispose();
    }
}
