using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Networking.V1;
using Berth.Client.Informers;
using Berth.Linux.Processes;
using Microsoft.Extensions.Logging;
using IPAddress = System.Net.IPAddress;

namespace Berth.Network.Proxy;

/// <summary>
/// Makes Services work on this node:
/// <code>
/// informers → (1) changed keys → (2) ProxyService values → (3) rule fragments → (4) one nftables transaction → (5) stale UDP flows
/// </code>
/// Level-triggered: it compares what is wanted with what it last applied, and can be stopped and started at any time. The rules stay when it
/// stops, so that connections go on; <see cref="PurgeAsync"/> removes them. A refused transaction is tried again with the whole table.
/// </summary>
public sealed partial class ServiceProxy
{
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(30);

    private const string ZoneLabel = "topology.kubernetes.io/zone";

    private readonly ServiceProxyOptions _options;
    private readonly IHostNetwork _host;
    private readonly INftables _nftables;
    private readonly Conntrack _conntrack;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChangedKeys _changes = new();
    private readonly ServiceIndex _index;
    private readonly Informer<Node> _nodes;
    private readonly Informer<ServiceCIDR> _ranges;
    private readonly HealthCheckNodePorts _healthChecks;
    private readonly ImmutableArray<FamilyRules> _families;
    private readonly Dictionary<ObjectKey, ProxyService> _services = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(ObjectKey Key, TaskCompletionSource Source)> _waiters = [];
    private readonly HashSet<IPNetwork> _routed = [];
    private bool _flowsMayBeStale = true;
    private long _fullAt;
    private long _checkedAt;

    public ServiceProxy(
        InformerFactory informers, ServiceProxyOptions options, IHostNetwork host, ILogger<ServiceProxy> logger, TimeProvider? time = null)
    {
        _options = options;
        _host = host;
        _nftables = new NftablesProgram(host);
        _conntrack = new Conntrack(host);
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _healthChecks = new HealthCheckNodePorts(host, logger);
        _ranges = informers.For<ServiceCIDR>();
        _families = [.. options.PodNetwork.Families.Select(f => new FamilyRules(f, ContextOf(f, null), _time))];
        _index = new ServiceIndex(informers, _changes.Add);
        _nodes = informers.For<Node>();
        _nodes.AddHandler(NodeChanged, (_, node) => NodeChanged(node), NodeChanged);
        _ranges.AddHandler(_ => _changes.Wake(), (_, _) => _changes.Wake(), _ => _changes.Wake());
    }

    /// <summary>Completes when the rules of all Services that existed at the start are in place.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when the rules that lead to a ready endpoint of the Service are in place.</summary>
    public Task WaitForServiceAsync(ObjectKey key, CancellationToken cancellation)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiters)
            _waiters.Add((key, waiter));
        _changes.Wake();
        return waiter.Task.WaitAsync(cancellation);
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var healthChecks = _healthChecks;
        await Task.WhenAll(_index.WaitForSyncAsync(cancellation), _nodes.WaitForSyncAsync(cancellation), _ranges.WaitForSyncAsync(cancellation)).ConfigureAwait(false);
        _changes.Wake();
        var retry = RetryMin;
        var wait = _options.CheckInterval;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await _changes.WaitAsync(wait, cancellation).ConfigureAwait(false);
                var started = _time.GetTimestamp();
                await SyncAsync(cancellation).ConfigureAwait(false);
                _ready.TrySetResult();
                retry = RetryMin;
                // A table of many thousand Services takes longer to change; then updates share at least half of the time with the rest.
                var took = _time.GetElapsedTime(started);
                await Task.Delay(took > _options.IntervalMin ? took : _options.IntervalMin, _time, cancellation).ConfigureAwait(false);
                wait = _families.Any(f => f.Table.HasStaleChains) ? TimeSpan.FromSeconds(1) : _options.CheckInterval;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NftablesException or ProcessFailedException or IOException)
            {
                LogSyncFailed(retry, e.Message);
                Invalidate();
                await Task.Delay(retry, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                retry = retry * 2 < RetryMax ? retry * 2 : RetryMax;
                _changes.Wake();
            }
        }
    }

    /// <summary>Removes all rules. What is not there is no error.</summary>
    public static Task PurgeAsync(string table, IHostNetwork host, CancellationToken cancellation) =>
        new NftablesProgram(host).ApplyAsync($"add table ip {table}\ndelete table ip {table}\nadd table ip6 {table}\ndelete table ip6 {table}\n", cancellation);

    private void NodeChanged(Node node)
    {
        if (node.Metadata.Name == _options.NodeName)
            _changes.Wake();
    }

    private async Task SyncAsync(CancellationToken cancellation)
    {
        await CheckTableAsync(cancellation).ConfigureAwait(false);
        foreach (var family in _families)
        {
            var context = ContextOf(family.Family, _nodes.Cache.Get("", _options.NodeName));
            if (context.Equals(family.Context))
                continue;
            family.Context = context;
            family.Table.Reset(context);
            foreach (var (key, service) in _services)
                family.Set(key, service);
        }

        // (1) (2) (3): taken only where nothing can fail before they are in the table.
        var changed = _changes.Take();
        foreach (var key in changed)
            Update(key);
        // (4)
        var dirty = _families.Where(f => f.Table.IsDirty).ToList();
        if (dirty.Count > 0)
        {
            var started = _time.GetTimestamp();
            await _nftables.ApplyAsync(string.Concat(dirty.Select(f => f.Table.BuildScript())), cancellation).ConfigureAwait(false);
            foreach (var family in dirty)
                family.Table.Commit();
            LogApplied(changed.Count, _services.Count, _time.GetElapsedTime(started).TotalMilliseconds);
        }
        ServeHealthChecks();
        await RouteFurtherRangesAsync(cancellation).ConfigureAwait(false);
        ReleaseWaiters();
        await RemoveStaleChainsAsync(cancellation).ConfigureAwait(false);
        // (5)
        if (_flowsMayBeStale)
        {
            await RemoveStaleFlowsAsync(cancellation).ConfigureAwait(false);
            _flowsMayBeStale = false;
        }
    }

    private void ReleaseWaiters()
    {
        lock (_waiters)
        {
            _waiters.RemoveAll(w =>
            {
                var served = _services.TryGetValue(w.Key, out var service) && service.Endpoints.Any(e => e.Ready);
                return served && w.Source.TrySetResult();
            });
        }
    }

    private void Update(ObjectKey key)
    {
        var service = _index.Service(key) is { } found ? ProxyServiceReader.Read(found, _index.Slices(key)) : null;
        var old = _services.GetValueOrDefault(key);
        if (service is null ? old is null : service.Equals(old))
            return;
        if (service is null)
            _services.Remove(key);
        else
            _services[key] = service;
        foreach (var family in _families)
            family.Set(key, service);
        _flowsMayBeStale |= service?.Ports.Any(p => p.Protocol == "udp") ?? false;
    }

    private void Invalidate()
    {
        foreach (var family in _families)
            family.Table.Invalidate();
    }

    private ProxyContext ContextOf(AddressFamily family, Node? node)
    {
        var addresses = _options.NodePortAddresses;
        if (addresses.IsEmpty && node is not null)
        {
            addresses =
            [
                .. node.Status.Addresses.Where(a => a.Type == "InternalIP")
                    .Select(a => IPAddress.TryParse(a.Address, out var address) ? address : null).OfType<IPAddress>(),
            ];
        }
        return new ProxyContext
        {
            Table = _options.Table,
            NodeName = _options.NodeName,
            Zone = node?.Metadata.Labels.GetOr(ZoneLabel) ?? "",
            Family = family,
            PodNetwork = _options.PodNetwork.Of(family)!.Value,
            ServiceNetworks = [.. _options.ServiceNetwork.All.Concat(FurtherRanges()).Where(r => r.BaseAddress.AddressFamily == family)],
            NodePortAddresses = addresses,
            LocalhostNodePortBridge = _options.LocalhostNodePortBridge,
            MasqueradeBridged = _options.MasqueradeBridged,
            MasqueradeOutgoing = _options.MasqueradeOutgoing,
        };
    }

    private IEnumerable<IPNetwork> FurtherRanges() => _ranges.Cache.List()
        .OrderBy(r => r.Metadata.Name, StringComparer.Ordinal)
        .SelectMany(r => r.Spec.Cidrs)
        .Select(c => IPNetwork.TryParse(c, out var range) ? range : (IPNetwork?)null).OfType<IPNetwork>()
        .Where(r => _options.PodNetwork.Of(r.BaseAddress.AddressFamily) is not null && !_options.ServiceNetwork.All.Contains(r));

    /// <summary>
    /// Cluster addresses are translated before a packet leaves, but a process on a machine without a default route could not even start to
    /// send. The first range's route is the pod network's.
    /// </summary>
    private async Task RouteFurtherRangesAsync(CancellationToken cancellation)
    {
        if (_options.RouteInterface.Length == 0)
            return;
        var wanted = FurtherRanges().ToHashSet();
        foreach (var range in wanted.Except(_routed).ToList())
        {
            await _host.RunAsync("ip", ["route", "replace", range.ToString(), "dev", _options.RouteInterface], cancellation: cancellation).ConfigureAwait(false);
            _routed.Add(range);
        }
        foreach (var range in _routed.Except(wanted).ToList())
        {
            await _host.RunAsync("ip", ["route", "flush", range.ToString(), "dev", _options.RouteInterface], cancellation: cancellation).ConfigureAwait(false);
            _routed.Remove(range);
        }
    }

    private void ServeHealthChecks() => _healthChecks.Set(_services
        .Where(s => s.Value.HealthCheckNodePort != 0)
        .ToDictionary(s => s.Key, s => (s.Value.HealthCheckNodePort,
            s.Value.Endpoints.Where(e => e.Ready && e.NodeName == _options.NodeName).Select(e => e.Address).Distinct().Count())));

    private async Task CheckTableAsync(CancellationToken cancellation)
    {
        if (_fullAt != 0 && _time.GetElapsedTime(_fullAt) >= _options.ResyncInterval)
            Invalidate();
        else if (_fullAt != 0 && _time.GetElapsedTime(_checkedAt) >= _options.CheckInterval && !await TableIsInPlaceAsync(cancellation).ConfigureAwait(false))
            LogTableGone(_options.Table);
        else if (_fullAt != 0)
            return;
        Invalidate();
        _fullAt = _checkedAt = _time.GetTimestamp();
    }

    private async Task<bool> TableIsInPlaceAsync(CancellationToken cancellation)
    {
        _checkedAt = _time.GetTimestamp();
        try
        {
            foreach (var family in _families)
            {
                var chain = await _host.RunAsync("nft", ["list", "chain", family.Context.Ip, _options.Table, "nat-prerouting"], cancellation: cancellation).ConfigureAwait(false);
                if (!chain.Contains("jump services", StringComparison.Ordinal))
                    return false;
            }

            return true;
        }
        catch (ProcessFailedException e) when (e.Result is not null)
        {
            return false;
        }
    }

    private async Task RemoveStaleChainsAsync(CancellationToken cancellation)
    {
        foreach (var family in _families)
        {
            if (family.Table.BuildChainRemoval() is not { } script)
                continue;
            try
            {
                await _nftables.ApplyAsync(script, cancellation).ConfigureAwait(false);
                family.Table.CommitChainRemoval();
            }
            catch (NftablesException e)
            {
                // Empty chains do no harm; the kernel may still count their references. They are tried again with the next change.
                LogStaleChains(e.Message);
            }
        }
    }

    private async Task RemoveStaleFlowsAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var family in _families)
            {
                var flows = await _conntrack.ListUdpAsync(family.Family, cancellation).ConfigureAwait(false);
                foreach (var flow in StaleFlows.Find(flows, _services.Values, family.Context))
                    await _conntrack.DeleteAsync(flow, cancellation).ConfigureAwait(false);
            }
        }
        catch (ProcessFailedException e)
        {
            LogStaleFlows(e.Message);
        }
    }

    /// <summary>The rules of one address family. Owned by the proxy's loop.</summary>
    private sealed class FamilyRules(AddressFamily family, ProxyContext context, TimeProvider time)
    {
        public AddressFamily Family { get; } = family;

        public ProxyContext Context { get; set; } = context;

        public RuleTable Table { get; } = new(context, time);

        public void Set(ObjectKey key, ProxyService? service) =>
            Table.Set((key.Namespace, key.Name), service is null ? null : ServiceRules.Render(service, Context));
    }

    [LoggerMessage(7301, LogLevel.Warning, "The rules of Services could not be applied; trying again with all of them in {Delay}: {Error}")]
    private partial void LogSyncFailed(TimeSpan delay, string error);

    [LoggerMessage(7302, LogLevel.Debug, "Rules of {Changed} changed Services of {All} applied in {Milliseconds:0.0} ms")]
    private partial void LogApplied(int changed, int all, double milliseconds);

    [LoggerMessage(7303, LogLevel.Warning, "The nftables table {Table} is gone or empty (a firewall that reloads may flush all tables); writing it again")]
    private partial void LogTableGone(string table);

    [LoggerMessage(7304, LogLevel.Debug, "Unused chains could not be deleted yet: {Error}")]
    private partial void LogStaleChains(string error);

    [LoggerMessage(7305, LogLevel.Warning, "Old UDP flows could not be removed; clients that keep their port may not reach a Service until they pause: {Error}")]
    private partial void LogStaleFlows(string error);
}
