using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Linux.Processes;
using Berth.Resources.Addresses;
using Microsoft.Extensions.Logging;

namespace Berth.Network.PodNetwork;

/// <summary>
/// Keeps the ways to the pods of other machines: informer of Nodes → (1) peers → (2) plan → (3) tunnel device, routes,
/// neighbours and forwarding entries. Level-triggered: each round compares with what the kernel has, and a round each minute
/// mends what others broke. What stands stays when it ends, so that pods go on reaching each other.
/// </summary>
public sealed partial class NodeRoutes
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(500);

    private readonly NodeRoutesOptions _options;
    private readonly NodeNetworkOptions _network;
    private readonly IHostNetwork _host;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Informer<Node> _nodes;
    private readonly ChangedKeys _changes = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly WireguardTunnel? _wireguard;

    public NodeRoutes(InformerFactory informers, NodeRoutesOptions options, NodeNetworkOptions network, IHostNetwork host, ILogger<NodeRoutes> logger, TimeProvider time)
    {
        _options = options;
        _network = network;
        _host = host;
        _logger = logger;
        _time = time;
        _wireguard = TunnelOf(network, host);
        _nodes = informers.For<Node>();
        _nodes.AddHandler(node => _changes.Add(ObjectKey.Of(node)), Changed, node => _changes.Add(ObjectKey.Of(node)));
    }

    /// <summary>Completes when the pods of all nodes known at the start can be reached.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Makes this machine's end of the encrypted tunnels, and gives its public key; null where there are none.</summary>
    /// <exception cref="WireguardMissingException">This kernel has no WireGuard.</exception>
    public static async Task<string?> EnsureKeyAsync(NodeNetworkOptions network, IHostNetwork host, CancellationToken cancellation) =>
        TunnelOf(network, host) is { } tunnel
            ? await tunnel.EnsureAsync(network.NodePodNetwork ?? network.PodNetwork, network.Routes!.WireguardPort, network.Routes.TunnelMtu, cancellation).ConfigureAwait(false)
            : null;

    private static WireguardTunnel? TunnelOf(NodeNetworkOptions network, IHostNetwork host) =>
        network.Routes is { Mode: PodNetworkMode.Wireguard } routes ? new WireguardTunnel(network.Tunnel, routes.WireguardKeyFile, host) : null;

    /// <summary>Runs until cancelled. What fails is logged and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await _nodes.WaitForSyncAsync(cancellation).ConfigureAwait(false);
            var retry = RetryMin;
            while (true)
            {
                var wait = Interval;
                try
                {
                    _changes.Take();
                    await EnsureAsync(cancellation).ConfigureAwait(false);
                    _ready.TrySetResult();
                    retry = RetryMin;
                }
                catch (Exception e) when (e is ProcessFailedException or IOException)
                {
                    LogFailed(e.Message);
                    wait = retry;
                    retry = retry * 2 < Interval ? retry * 2 : Interval;
                }

                await _changes.WaitAsync(wait, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    /// <summary>Removes routes and tunnel. What is not there is no error.</summary>
    public static async Task PurgeAsync(NodeNetworkOptions network, IHostNetwork host, CancellationToken cancellation)
    {
        foreach (var route in await OwnRoutesAsync(host, network, cancellation).ConfigureAwait(false))
            await host.RunAsync("ip", ["route", "del", .. route.Split(' ')], cancellation: cancellation).ConfigureAwait(false);
        if (await LinkAsync(host, network.Tunnel, cancellation).ConfigureAwait(false) is not null)
            await host.RunAsync("ip", ["link", "delete", network.Tunnel], cancellation: cancellation).ConfigureAwait(false);
    }

    private void Changed(Node old, Node node)
    {
        if (!Equals(PeerOf(old), PeerOf(node)))
            _changes.Add(ObjectKey.Of(node));
    }

    private async Task EnsureAsync(CancellationToken cancellation)
    {
        // (1)
        var peers = _nodes.Cache.List().Where(n => n.Metadata.Name != _network.NodeName).Select(PeerOf).OfType<PodPeer>().ToList();
        peers.AddRange(_options.Fixed.Where(f => !f.Address.Equals(_options.Address) && peers.All(p => !p.Range.Overlaps(f.Range))));
        // (2)
        var uplink = await UplinkAsync(_options.Address, cancellation).ConfigureAwait(false);
        Uplink[] uplinks = _options.OtherAddress is { } other ? [uplink, await UplinkAsync(other, cancellation).ConfigureAwait(false)] : [uplink];
        var plan = RoutePlan.Of(_options.Mode, uplinks, _network.Tunnel, peers);
        // (3)
        var commands = new List<string>();
        if (_wireguard is not null)
        {
            await _wireguard.EnsureAsync(_network.NodePodNetwork ?? _network.PodNetwork, _options.WireguardPort, _options.TunnelMtu, cancellation).ConfigureAwait(false);
            _wireguard.SetPeers([.. peers.Where(p => p.Key is not null).Select(p => new WireguardPeer(p.Key!, new IPEndPoint(p.Address, _options.WireguardPort), p.Range))]);
        }

        if (plan.NeedsTunnel)
        {
            await EnsureTunnelAsync(uplink, cancellation).ConfigureAwait(false);
            commands.AddRange(plan.Neighbours.Select(n => "neigh replace " + n));
        }

        var present = await OwnRoutesAsync(_host, _network, cancellation).ConfigureAwait(false);
        commands.AddRange(present.Where(r => !plan.Routes.Contains(r)).Where(r => plan.Routes.All(w => First(w) != First(r))).Select(r => "route del " + r));
        commands.AddRange(plan.Routes.Where(r => !present.Contains(r)).Select(r => "route replace " + r));
        if (commands.Count > 0)
            await _host.RunAsync("ip", ["-batch", "-"], string.Join('\n', commands) + "\n", cancellation).ConfigureAwait(false);
        if (plan.NeedsTunnel)
            await EnsureForwardingAsync(plan, cancellation).ConfigureAwait(false);
        else if (_wireguard is null && await LinkAsync(_host, _network.Tunnel, cancellation).ConfigureAwait(false) is not null)
            await _host.RunAsync("ip", ["link", "delete", _network.Tunnel], cancellation: cancellation).ConfigureAwait(false);
        var changed = commands.Count(c => c.StartsWith("route ", StringComparison.Ordinal));
        if (changed > 0)
            LogApplied(changed, peers.Count);
    }

    private static string First(string route) => route.Split(' ')[0];

    /// <summary>Null for nodes without range or address, which have no pods to reach yet.</summary>
    private static PodPeer? PeerOf(Node node)
    {
        var addresses = node.Status.Addresses.Where(a => a.Type == "InternalIP")
            .Select(a => IPAddress.TryParse(a.Address, out var ip) ? ip : null)
            .OfType<IPAddress>().ToList();
        var texts = node.Spec.PodCIDRs.IsEmpty ? [node.Spec.PodCIDR] : node.Spec.PodCIDRs;
        return addresses.Count > 0 && IpRanges.TryParse(string.Join(',', texts), out var ranges)
            ? new(node.Metadata.Name, addresses[0], ranges)
            {
                OtherAddress = addresses.Find(a => a.AddressFamily != addresses[0].AddressFamily),
                Key = KeyOf(node),
            }
            : null;
    }

    // What is no key would make the kernel refuse all peers.
    private static string? KeyOf(Node node)
    {
        Span<byte> bytes = stackalloc byte[33];
        return node.Metadata.Annotations.TryGetValue(NodeRoutesOptions.WireguardKey, out var key) && Convert.TryFromBase64String(key, bytes, out var length) && length == 32 ? key : null;
    }

    private async Task<Uplink> UplinkAsync(IPAddress own, CancellationToken cancellation)
    {
        // "2: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0 ..."
        var text = await _host.RunAsync("ip", ["-o", own.AddressFamily == AddressFamily.InterNetworkV6 ? "-6" : "-4", "address", "show"], cancellation: cancellation).ConfigureAwait(false);
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 4 || words[3].Split('/') is not [var address, var prefix] || address != own.ToString())
                continue;
            var length = int.Parse(prefix, CultureInfo.InvariantCulture);
            return new(words[1], own, new IPNetwork(Masked(own, length), length));
        }

        throw new IOException($"this machine has no interface with the address {own} any more; start berth again with another --node-ip");
    }

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(prefix - (8 * i), 0, 8));
        return new IPAddress(bytes);
    }

    private async Task EnsureTunnelAsync(Uplink uplink, CancellationToken cancellation)
    {
        var own = _network.NodePodNetwork ?? _network.PodNetwork;
        var wanted = string.Create(CultureInfo.InvariantCulture, $"vxlan id {_options.TunnelId} local {_options.Address} dev {uplink.Interface} ");
        if (await LinkAsync(_host, _network.Tunnel, cancellation).ConfigureAwait(false) is { } present)
        {
            if (present.Contains(wanted, StringComparison.Ordinal) && present.Contains(string.Create(CultureInfo.InvariantCulture, $" dstport {_options.TunnelPort} "), StringComparison.Ordinal))
                return;
            await _host.RunAsync("ip", ["link", "delete", _network.Tunnel], cancellation: cancellation).ConfigureAwait(false);
        }

        // The range's first address has no pod: packets of the machine's own processes carry it, so that their answers come back through the tunnel.
        List<string> commands =
        [
            string.Create(CultureInfo.InvariantCulture, $"link add {_network.Tunnel} address {RoutePlan.HardwareAddress(own)} type vxlan id {_options.TunnelId} dstport {_options.TunnelPort} local {_options.Address} dev {uplink.Interface} nolearning"),
            .. own.All.Select(r => r.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6
                ? $"address add {r.BaseAddress}/128 dev {_network.Tunnel} nodad"
                : $"address add {r.BaseAddress}/32 dev {_network.Tunnel}"),
            $"link set {_network.Tunnel} up",
        ];
        await _host.RunAsync("ip", ["-batch", "-"], string.Join('\n', commands) + "\n", cancellation).ConfigureAwait(false);
    }

    private async Task EnsureForwardingAsync(RoutePlan plan, CancellationToken cancellation)
    {
        // "0a:be:0a:2a:01:00 dev berth-tun dst 192.0.2.3 self permanent", with or without the device's name.
        var text = await _host.RunAsync("bridge", ["fdb", "show", "dev", _network.Tunnel], cancellation: cancellation).ConfigureAwait(false);
        var present = text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w.Length > 3 && w.Contains("dst"))
            .Select(w => $"{w[0]} dev {_network.Tunnel} dst {w[Array.IndexOf(w, "dst") + 1]} self permanent")
            .ToList();
        var commands = present.Where(e => !plan.Forwarding.Contains(e)).Select(e => "fdb del " + e.Replace(" permanent", "", StringComparison.Ordinal))
            .Concat(plan.Forwarding.Where(e => !present.Contains(e)).Select(e => "fdb append " + e))
            .ToList();
        if (commands.Count > 0)
            await _host.RunAsync("bridge", ["-batch", "-"], string.Join('\n', commands) + "\n", cancellation).ConfigureAwait(false);
    }

    /// <summary>Routes of our mark within the cluster's range, as the plan writes them.</summary>
    private static async Task<ImmutableArray<string>> OwnRoutesAsync(IHostNetwork host, NodeNetworkOptions network, CancellationToken cancellation)
    {
        var routes = ImmutableArray.CreateBuilder<string>();
        foreach (var family in network.PodNetwork.Families)
        {
            var (option, whole) = family == AddressFamily.InterNetworkV6 ? ("-6", "/128") : ("-4", "/32");
            var text = await host.RunAsync("ip", [option, "route", "show", "proto", RoutePlan.Protocol.ToString(CultureInfo.InvariantCulture)], cancellation: cancellation).ConfigureAwait(false);
            foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                // A range of one address is shown without its length.
                var range = words[0].Contains('/', StringComparison.Ordinal) ? words[0] : words[0] + whole;
                if (!IPNetwork.TryParse(range, out var parsed) || !network.PodNetwork.Contains(parsed.BaseAddress) || words.Length < 3)
                    continue;
                if (words is [_, "dev", var direct, ..])
                {
                    routes.Add(string.Create(CultureInfo.InvariantCulture, $"{range} dev {direct} proto {RoutePlan.Protocol}"));
                    continue;
                }

                if (words is not [_, "via", var via, "dev", var device, ..])
                    continue;
                var route = string.Create(CultureInfo.InvariantCulture, $"{range} via {via} dev {device} proto {RoutePlan.Protocol}");
                routes.Add(device == network.Tunnel ? route + " onlink" : route);
            }
        }

        return routes.ToImmutable();
    }

    /// <summary>How <c>ip</c> describes a link; null where there is none of that name.</summary>
    private static async Task<string?> LinkAsync(IHostNetwork host, string name, CancellationToken cancellation)
    {
        var text = await host.RunAsync("ip", ["-o", "-d", "link", "show"], cancellation: cancellation).ConfigureAwait(false);
        return text.Split('\n').FirstOrDefault(l => l.Contains($": {name}: ", StringComparison.Ordinal) || l.Contains($": {name}@", StringComparison.Ordinal));
    }

    [LoggerMessage(7211, LogLevel.Warning, "The ways to other nodes' pods could not be brought to where they should be, trying again: {Error}")]
    private partial void LogFailed(string error);

    [LoggerMessage(7212, LogLevel.Information, "{Changes} routes changed; the pods of {Peers} other machines are reached")]
    private partial void LogApplied(int changes, int peers);
}
