using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Networking.V1;
using Berth.Api.Selection;
using Berth.Client.Informers;
using Berth.Linux.Processes;
using Berth.Network.Proxy;
using Microsoft.Extensions.Logging;

namespace Berth.Network.Policies;

/// <summary>
/// Holds this node's pods to the NetworkPolicies:
/// <code>
/// informers → (1) something changed → (2) rules of all policies → (3) one nftables transaction with the difference
/// </code>
/// The rules stay in the kernel when it stops, and a start replaces them in one transaction: isolated pods are never open in between. A new
/// pod waits in <see cref="AdmitAsync"/> until its rules are in place, before anything of it runs.
/// </summary>
public sealed partial class PolicyEnforcer
{
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan AdmitLimit = TimeSpan.FromSeconds(15);

    /// <summary>How long the address of a pod that the API does not know yet is remembered.</summary>
    private static readonly TimeSpan StartingLimit = TimeSpan.FromMinutes(2);

    private readonly PolicyEnforcerOptions _options;
    private readonly IHostNetwork _host;
    private readonly INftables _nftables;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChangedKeys _changes = new();
    private readonly Informer<Pod> _pods;
    private readonly Informer<Namespace> _namespaces;
    private readonly Informer<NetworkPolicy> _policies;
    private readonly IReadOnlyList<PolicyTable> _tables;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Pod Pod, long Since)> _starting = [];
    private List<TaskCompletionSource> _waiters = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _checkedAt;

    public PolicyEnforcer(InformerFactory informers, PolicyEnforcerOptions options, IHostNetwork host, ILogger<PolicyEnforcer> logger, TimeProvider? time = null)
    {
        _options = options;
        _host = host;
        _nftables = new NftablesProgram(host);
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _tables = Tables(options, _time);
        _pods = informers.For<Pod>();
        _namespaces = informers.For<Namespace>();
        _policies = informers.For<NetworkPolicy>();
        _pods.AddHandler(_ => _changes.Wake(), PodChanged, _ => _changes.Wake());
        _namespaces.AddHandler(_ => _changes.Wake(), (old, now) =>
        {
            if (!old.Metadata.Labels.Equals(now.Metadata.Labels))
                _changes.Wake();
        }, _ => _changes.Wake());
        _policies.AddHandler(_ => _changes.Wake(), (_, _) => _changes.Wake(), _ => _changes.Wake());
    }

    /// <summary>Completes when the rules of all policies that existed at the start are in place.</summary>
    public Task Ready => _ready.Task;

    /// <summary>
    /// Completes when the rules for a pod of this node are in place; to be called when the pod has its addresses and before its first container
    /// starts. Costs nothing where no policy selects it.
    /// </summary>
    /// <exception cref="IOException">They could not be put in place in time.</exception>
    public async Task AdmitAsync(Pod pod, IReadOnlyList<string> addresses, CancellationToken cancellation)
    {
        try
        {
            await WaitForRulesAsync(pod, addresses, cancellation).WaitAsync(AdmitLimit, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new IOException($"the network policies of the pod could not be put in place within {AdmitLimit.TotalSeconds} s; the node's log says why", e);
        }
    }

    private async Task WaitForRulesAsync(Pod pod, IReadOnlyList<string> addresses, CancellationToken cancellation)
    {
        await _ready.Task.WaitAsync(cancellation).ConfigureAwait(false);
        if (pod.Spec.HostNetwork || addresses.Count == 0 || !_policies.Cache.List(pod.Metadata.Namespace).Any(p => LabelSelectors.Compile(p.Spec.PodSelector).Matches(pod.Metadata.Labels)))
            return;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            var addressed = pod with { Status = pod.Status with { PodIP = addresses[0], PodIPs = [.. addresses.Select(a => new PodIP { Ip = a })] } };
            _starting[pod.Metadata.Uid] = (addressed, _time.GetTimestamp());
            _waiters.Add(waiter);
        }
        _changes.Wake();
        await waiter.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether this kernel knows connections inside a bridge (the module nf_conntrack_bridge): without, a bridge cannot tell an answer from a question.</summary>
    public static async Task<bool> CanGuardBridgeAsync(IHostNetwork host, CancellationToken cancellation)
    {
        try
        {
            // Checked by the kernel, not applied.
            await host.RunAsync("nft", ["-c", "-f", "-"], """
                table bridge berth-probe {
                  chain c { type filter hook forward priority 0; ct state established accept; }
                }

                """, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (ProcessFailedException e) when (e.Result is not null)
        {
            return false;
        }
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(_pods.WaitForSyncAsync(cancellation), _namespaces.WaitForSyncAsync(cancellation), _policies.WaitForSyncAsync(cancellation)).ConfigureAwait(false);
            _changes.Wake();
            var retry = RetryMin;
            while (true)
            {
                var wait = _tables.Any(t => t.HasStale) ? TimeSpan.FromSeconds(1) : _options.CheckInterval;
                await _changes.WaitAsync(wait, cancellation).ConfigureAwait(false);
                var started = _time.GetTimestamp();
                try
                {
                    await SyncAsync(cancellation).ConfigureAwait(false);
                    retry = RetryMin;
                    var took = _time.GetElapsedTime(started);
                    await Task.Delay(took > _options.IntervalMin ? took : _options.IntervalMin, _time, cancellation).ConfigureAwait(false);
                }
                catch (Exception e) when (e is NftablesException or ProcessFailedException or IOException)
                {
                    // New pods wait meanwhile: better late than open.
                    LogFailed(retry, e.Message);
                    foreach (var table in _tables)
                        table.Invalidate();
                    await Task.Delay(retry, _time, cancellation).ConfigureAwait(false);
                    retry = retry * 2 < RetryMax ? retry * 2 : RetryMax;
                    _changes.Wake();
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The rules stay.
        }
    }

    /// <summary>Removes all rules. What is not there is no error.</summary>
    public static async Task PurgeAsync(string table, IHostNetwork host, CancellationToken cancellation)
    {
        var options = new PolicyEnforcerOptions { Table = table, NodeName = "", GuardBridge = true, Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6] };
        foreach (var item in Tables(options, TimeProvider.System))
            await new NftablesProgram(host).ApplyAsync(item.RenderRemoval(), cancellation).ConfigureAwait(false);
    }

    private static IReadOnlyList<PolicyTable> Tables(PolicyEnforcerOptions options, TimeProvider time)
    {
        List<PolicyTable> tables = [];
        foreach (var family in options.Families)
        {
            var v6 = family == AddressFamily.InterNetworkV6;
            tables.Add(new PolicyTable(v6 ? "ip6" : "ip", options.Table, family, time));
            if (options.GuardBridge)
                tables.Add(new PolicyTable("bridge", v6 ? options.Table + "-v6" : options.Table, family, time));
        }

        return tables;
    }

    private async Task SyncAsync(CancellationToken cancellation)
    {
        // (1)
        List<TaskCompletionSource> waiters;
        lock (_lock)
        {
            waiters = _waiters;
            _waiters = [];
        }
        try
        {
            await CheckTablesAsync(cancellation).ConfigureAwait(false);
            // (2)
            var policies = _policies.Cache.List();
            var namespaces = policies.Count == 0 ? [] : _namespaces.Cache.List().ToDictionary(n => n.Metadata.Name, n => n.Metadata.Labels, StringComparer.Ordinal);
            var pods = policies.Count == 0 ? [] : Pods();
            var byFamily = _options.Families.ToDictionary(f => f, f => policies.Count == 0 ? PolicyRules.Empty : PolicyCompiler.Compile(_options.NodeName, f, namespaces, pods, policies));
            // (3)
            foreach (var table in _tables)
            {
                var rules = byFamily[table.Addresses];
                if (table.BuildScript(rules) is { } script)
                    await _nftables.ApplyAsync(script, cancellation).ConfigureAwait(false);
                table.Commit(rules);
                await RemoveStaleAsync(table, cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            lock (_lock)
                _waiters.AddRange(waiters);
            throw;
        }
        _ready.TrySetResult();
        foreach (var waiter in waiters)
            waiter.TrySetResult();
    }

    private List<PolicyPod> Pods()
    {
        List<PolicyPod> result = [];
        lock (_lock)
        {
            foreach (var (uid, (pod, since)) in _starting.ToList())
            {
                var known = _pods.Cache.Get(ObjectKey.Of(pod));
                var told = known is not null && (known.Metadata.Uid != uid || known.Status.PodIP.Length > 0);
                if (told || (known is null && _time.GetElapsedTime(since) > StartingLimit))
                    _starting.Remove(uid);
                else if (PolicyPod.Of(pod) is { } starting)
                    result.Add(starting);
            }
        }
        foreach (var pod in _pods.Cache.List())
        {
            if (PolicyPod.Of(pod) is { } known)
                result.Add(known);
        }
        return result;
    }

    private async Task CheckTablesAsync(CancellationToken cancellation)
    {
        if (_checkedAt != 0 && _time.GetElapsedTime(_checkedAt) < _options.CheckInterval)
            return;
        foreach (var table in _tables.Where(_ => _checkedAt != 0))
        {
            try
            {
                await _host.RunAsync("nft", ["list", "chain", table.Family, table.Name, "forward-ingress"], cancellation: cancellation).ConfigureAwait(false);
            }
            catch (ProcessFailedException e) when (e.Result is not null)
            {
                LogTableGone(table.Name);
                table.Invalidate();
            }
        }
        _checkedAt = _time.GetTimestamp();
    }

    private async Task RemoveStaleAsync(PolicyTable table, CancellationToken cancellation)
    {
        if (table.BuildRemoval() is not { } script)
            return;
        try
        {
            await _nftables.ApplyAsync(script, cancellation).ConfigureAwait(false);
            table.CommitRemoval();
        }
        catch (NftablesException e)
        {
            // Empty chains do no harm; tried again with the next change.
            LogStale(e.Message);
        }
    }

    private void PodChanged(Pod old, Pod now)
    {
        if (!old.Metadata.Labels.Equals(now.Metadata.Labels) || !old.Status.PodIPs.Equals(now.Status.PodIPs) || old.Status.Phase != now.Status.Phase)
            _changes.Wake();
    }

    [LoggerMessage(7501, LogLevel.Warning, "The rules of network policies could not be applied; those before stay. Trying again in {Delay}: {Error}")]
    private partial void LogFailed(TimeSpan delay, string error);

    [LoggerMessage(7502, LogLevel.Warning, "The nftables table {Table} of network policies is gone (a firewall that reloads may flush all tables); writing it again")]
    private partial void LogTableGone(string table);

    [LoggerMessage(7503, LogLevel.Debug, "Unused chains could not be deleted yet: {Error}")]
    private partial void LogStale(string error);
}
