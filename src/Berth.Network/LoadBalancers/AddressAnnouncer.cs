using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Linux.Processes;
using Microsoft.Extensions.Logging;

namespace Berth.Network.LoadBalancers;

/// <summary>
/// Makes load balancer addresses reachable on the network that the node is on. One node holds the lease of each address and has it on its
/// interface, so that the kernel answers for it (ARP, NDP); the service proxy takes the packets from there.
/// </summary>
/// <remarks>
/// Two nodes must never answer for one address, not even when one of them hangs or is cut off: the address is added with a lifetime that
/// ends with the lease, and the kernel takes it away by itself. Where no other node could take over, it has no such limit, and Services stay
/// reachable while the agent is restarted. The loop owns all state; failures are logged and tried again.
/// </remarks>
public sealed partial class AddressAnnouncer
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    private const string Excluded = "node.kubernetes.io/exclude-from-external-load-balancers";

    private readonly string _node;
    private readonly IHostNetwork _host;
    private readonly IClusterClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChangedKeys _changes = new();
    private readonly ServiceIndex _index;
    private readonly Informer<Service> _services;
    private readonly Informer<Node> _nodes;
    private readonly Dictionary<IPAddress, AddressLease> _leases = [];
    private readonly HeldAddresses _held;

    /// <param name="record">File that keeps what this node has over restarts, on a file system that does not survive a reboot, as addresses do not.</param>
    public AddressAnnouncer(InformerFactory informers, string node, string record, IHostNetwork host, ILogger<AddressAnnouncer> logger, TimeProvider? time = null)
    {
        _held = new HeldAddresses(record);
        _node = node;
        _host = host;
        _client = informers.Client;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _index = new ServiceIndex(informers, _changes.Add);
        _services = informers.For<Service>();
        _nodes = informers.For<Node>();
        _nodes.AddHandler(_ => _changes.Wake(), (old, now) =>
        {
            if (IsCandidate(old) != IsCandidate(now))
                _changes.Wake();
        }, _ => _changes.Wake());
    }

    /// <summary>Runs until cancelled. Then another node gets what this one had; what no other could take stays.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(_index.WaitForSyncAsync(cancellation), _nodes.WaitForSyncAsync(cancellation)).ConfigureAwait(false);
            // What an earlier run left, perhaps of Services that are gone by now.
            _held.Load();
            while (true)
            {
                _changes.Take();
                await SyncAsync(cancellation).ConfigureAwait(false);
                await _changes.WaitAsync(_leases.Count > 0 ? Interval : Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await HandOverAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Takes all addresses off the machine's interfaces. What is not there is no error.</summary>
    public static async Task PurgeAsync(string record, IHostNetwork host, CancellationToken cancellation)
    {
        var held = new HeldAddresses(record);
        held.Load();
        foreach (var address in held.Addresses.ToList())
        {
            await DeleteAsync(host, address, held.DeviceOf(address)!, cancellation).ConfigureAwait(false);
            held.Remove(address);
        }
    }

    private async Task SyncAsync(CancellationToken cancellation)
    {
        var wanted = Wanted();
        foreach (var address in _held.Addresses.Except(wanted.Keys).ToList())
            await GiveUpAsync(address, cancellation).ConfigureAwait(false);
        foreach (var address in _leases.Keys.Except(wanted.Keys).ToList())
            _leases.Remove(address);
        foreach (var (address, candidates) in wanted)
        {
            try
            {
                await SyncAsync(address, candidates, cancellation).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException or ProcessFailedException)
            {
                // The address on the interface ends with the lease if this lasts.
                LogFailed(address, e.Message);
            }
        }
    }

    private async Task SyncAsync(IPAddress address, ImmutableArray<string> candidates, CancellationToken cancellation)
    {
        var holds = _held.DeviceOf(address) is not null;
        if (!holds && !AnnouncerChoice.Of(address, candidates).Contains(_node))
            return;
        if (!_leases.TryGetValue(address, out var lease))
            _leases[address] = lease = new AddressLease(_client, address, _node, _time);
        if (!await lease.TryHoldAsync(cancellation).ConfigureAwait(false))
        {
            if (holds)
                await RemoveAsync(address, cancellation).ConfigureAwait(false);
            return;
        }
        var device = _held.DeviceOf(address);
        if (device is null)
        {
            device = await DeviceOfAsync(address, cancellation).ConfigureAwait(false);
            if (device is null)
            {
                LogNoInterface(address);
                return;
            }
        }
        var alone = candidates.Length == 1;
        await AddAsync(address, device, alone ? null : AddressLease.Duration, cancellation).ConfigureAwait(false);
        if (holds)
            return;
        _held.Add(address, device);
        LogAnnounced(address, device);
        Tell(address, device);
    }

    /// <summary>Addresses that some node has to announce, with the nodes that may. Those of nodes are their own already.</summary>
    private Dictionary<IPAddress, ImmutableArray<string>> Wanted()
    {
        var nodes = _nodes.Cache.List();
        var ready = nodes.Where(IsCandidate).Select(n => n.Metadata.Name).ToImmutableArray();
        var own = nodes.SelectMany(n => n.Status.Addresses).Select(a => a.Address).ToHashSet(StringComparer.Ordinal);
        Dictionary<IPAddress, ImmutableArray<string>> wanted = [];
        foreach (var service in _services.Cache.List())
        {
            if (service.Spec.Type != "LoadBalancer" || service.Spec.LoadBalancerClass is not (null or "berth.dev/pool"))
                continue;
            var candidates = ready;
            if (service.Spec.ExternalTrafficPolicy == "Local")
            {
                var serving = _index.Slices(ObjectKey.Of(service)).SelectMany(s => s.Endpoints).Where(e => e.Conditions.Ready ?? true).Select(e => e.NodeName).ToHashSet();
                candidates = candidates.RemoveAll(n => !serving.Contains(n));
            }
            foreach (var ingress in service.Status.LoadBalancer.Ingress)
            {
                if (candidates.Contains(_node) && !own.Contains(ingress.Ip) && IPAddress.TryParse(ingress.Ip, out var address))
                    wanted[address] = candidates;
            }
        }
        return wanted;
    }

    private static bool IsCandidate(Node node) =>
        node.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }) && !node.Metadata.Labels.ContainsKey(Excluded);

    /// <summary>The interface whose network the address is in; otherwise the one that leads out.</summary>
    private async Task<string?> DeviceOfAsync(IPAddress address, CancellationToken cancellation)
    {
        var list = await _host.RunAsync("ip", ["-o", "address", "show", "scope", "global"], cancellation: cancellation).ConfigureAwait(false);
        foreach (var line in list.Split('\n'))
        {
            // "2: eth0    inet 192.0.2.1/24 brd ...": a single address is somebody's, not a network.
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 3 && words[3].Split('/') is [var own, var length] && IPAddress.TryParse(own, out var ownAddress)
                && int.TryParse(length, CultureInfo.InvariantCulture, out var bits) && bits < Bits(ownAddress)
                && ownAddress.AddressFamily == address.AddressFamily && IPNetwork.Parse($"{Base(ownAddress, bits)}/{bits}").Contains(address))
                return words[1];
        }
        var routes = await _host.RunAsync("ip", [address.AddressFamily == AddressFamily.InterNetworkV6 ? "-6" : "-4", "route", "show", "default"], cancellation: cancellation).ConfigureAwait(false);
        var route = routes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var at = Array.IndexOf(route, "dev");
        return at >= 0 && at + 1 < route.Length ? route[at + 1].Trim() : null;
    }

    private static int Bits(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;

    private static IPAddress Base(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(bits - (8 * i), 0, 8));
        return new IPAddress(bytes);
    }

    // Deprecated from the start (preferred 0): the node's own connections must not come from it.
    private Task AddAsync(IPAddress address, string device, TimeSpan? lifetime, CancellationToken cancellation)
    {
        string[] limits = lifetime is { } limit
            ? ["valid_lft", ((int)limit.TotalSeconds).ToString(CultureInfo.InvariantCulture), "preferred_lft", "0"]
            : ["valid_lft", "forever", "preferred_lft", "0"];
        // The lease is what keeps others from having it; a second of looking for duplicates would only be a second without.
        string[] now = address.AddressFamily == AddressFamily.InterNetworkV6 ? ["nodad"] : [];
        return _host.RunAsync("ip", ["address", "replace", $"{address}/{Bits(address)}", "dev", device, .. limits, .. now], cancellation: cancellation);
    }

    private void Tell(IPAddress address, string device)
    {
        try
        {
            Announcement.Send(_host, device, address);
        }
        catch (SocketException e)
        {
            LogNotTold(address, device, e.Message);
        }
    }

    private async Task RemoveAsync(IPAddress address, CancellationToken cancellation)
    {
        if (_held.DeviceOf(address) is not { } device)
            return;
        LogGivenUp(address, device);
        await DeleteAsync(_host, address, device, cancellation).ConfigureAwait(false);
        _held.Remove(address);
    }

    private static async Task DeleteAsync(IHostNetwork host, IPAddress address, string device, CancellationToken cancellation)
    {
        try
        {
            await host.RunAsync("ip", ["address", "delete", $"{address}/{Bits(address)}", "dev", device], cancellation: cancellation).ConfigureAwait(false);
        }
        catch (ProcessFailedException e) when (e.Result is not null)
        {
            // Its time was up, or the interface is gone.
        }
    }

    private async Task GiveUpAsync(IPAddress address, CancellationToken cancellation)
    {
        await RemoveAsync(address, cancellation).ConfigureAwait(false);
        try
        {
            await new AddressLease(_client, address, _node, _time).ReleaseAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
        {
            // It expires by itself.
            LogFailed(address, e.Message);
        }
    }

    private async Task HandOverAsync()
    {
        var wanted = Wanted();
        foreach (var address in _held.Addresses.ToList())
        {
            if (!wanted.TryGetValue(address, out var candidates) || candidates.Length > 1)
                await GiveUpAsync(address, CancellationToken.None).ConfigureAwait(false);
        }
    }

    [LoggerMessage(7401, LogLevel.Information, "This node announces the load balancer address {Address} on {Device}")]
    private partial void LogAnnounced(IPAddress address, string device);

    [LoggerMessage(7402, LogLevel.Information, "This node no longer announces the load balancer address {Address} on {Device}")]
    private partial void LogGivenUp(IPAddress address, string device);

    [LoggerMessage(7403, LogLevel.Warning, "The load balancer address {Address} could not be announced, trying again: {Error}")]
    private partial void LogFailed(IPAddress address, string error);

    [LoggerMessage(7404, LogLevel.Warning, "The load balancer address {Address} is in no network of this machine, and there is no default route: it cannot be announced")]
    private partial void LogNoInterface(IPAddress address);

    [LoggerMessage(7405, LogLevel.Warning, "Neighbours on {Device} could not be told of the load balancer address {Address}; they find it when their own tables age: {Error}")]
    private partial void LogNotTold(IPAddress address, string device, string error);
}
