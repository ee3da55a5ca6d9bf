using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Microsoft.Extensions.Logging;

namespace Berth.Client.Election;

/// <summary>
/// Lets one of several processes work at a time, by a Lease in the cluster. Understands candidates of Kubernetes' own
/// components on the same Lease.
/// </summary>
/// <remarks>
/// Clocks of candidates may differ: how old a lease is, is measured from when its last change was seen here. A leader that
/// cannot renew stops before another may start.
/// </remarks>
public sealed partial class LeaderElector(IClusterClient client, ElectionOptions options, TimeProvider time, ILogger log)
{
    private Lease? _seen;
    private DateTimeOffset _seenAt;

    /// <summary>Waits to lead, then runs the work until it ends, the lead is lost or the token cancels.</summary>
    /// <returns>True when the work ended by itself or was cancelled; false when the lead was lost.</returns>
    public async Task<bool> RunAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        while (!await TryAsync(ct).ConfigureAwait(false))
            await Task.Delay(options.RetryPeriod, time, ct).ConfigureAwait(false);
        LogLeading(log, options.Identity, options.Name);
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var working = work(leading.Token);
        var keeping = KeepAsync(leading.Token);
        await Task.WhenAny(working, keeping).ConfigureAwait(false);
        var lost = keeping.IsCompletedSuccessfully;
        await leading.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(working, keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (lost)
        {
            LogLost(log, options.Identity, options.Name);
            return false;
        }

        await ReleaseAsync().ConfigureAwait(false);
        if (!ct.IsCancellationRequested)
            await working.ConfigureAwait(false);
        return true;
    }

    // Returns when the lead is lost.
    private async Task KeepAsync(CancellationToken ct)
    {
        var renewed = time.GetUtcNow();
        while (true)
        {
            await Task.Delay(options.RetryPeriod, time, ct).ConfigureAwait(false);
            if (await TryAsync(ct).ConfigureAwait(false))
                renewed = time.GetUtcNow();
            else if (time.GetUtcNow() - renewed >= options.RenewDeadline || _seen?.Spec?.HolderIdentity != options.Identity)
                return;
        }
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            return await AcquireOrRenewAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            if (e is not ApiException { IsConflict: true } and not ApiException { IsAlreadyExists: true })
                LogFailed(log, options.Name, e.Message);
            return false;
        }
    }

    private async Task<bool> AcquireOrRenewAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        Lease found;
        try
        {
            found = await client.GetAsync<Lease>(options.Namespace, options.Name, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            Saw(await client.CreateAsync(
                new Lease
                {
                    Metadata = new() { Namespace = options.Namespace, Name = options.Name },
                    Spec = Ours(now, now, 0),
                },
                ct: ct).ConfigureAwait(false), now);
            return true;
        }

        if (found.Spec != _seen?.Spec)
            Saw(found, now);
        var holder = found.Spec?.HolderIdentity ?? "";
        var mine = holder == options.Identity;
        var duration = TimeSpan.FromSeconds(found.Spec?.LeaseDurationSeconds ?? 0);
        if (!mine && holder.Length > 0 && _seenAt + duration > now)
            return false;
        var transitions = found.Spec?.LeaseTransitions ?? 0;
        var spec = mine ? Ours(found.Spec!.AcquireTime ?? now, now, transitions) : Ours(now, now, transitions + 1);
        Saw(await client.UpdateAsync(found with { Spec = spec }, ct: ct).ConfigureAwait(false), now);
        return true;
    }

    // So that the next one need not wait for the lease to run out.
    private async Task ReleaseAsync()
    {
        if (_seen is not { } lease || lease.Spec?.HolderIdentity != options.Identity)
            return;
        using var deadline = new CancellationTokenSource(options.RetryPeriod, time);
        try
        {
            var now = time.GetUtcNow();
            await client.UpdateAsync(
                lease with { Spec = Ours(now, now, lease.Spec.LeaseTransitions ?? 0) with { HolderIdentity = "", LeaseDurationSeconds = 1 } },
                ct: deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or IOException or OperationCanceledException)
        {
            LogFailed(log, options.Name, e.Message);
        }
    }

    private void Saw(Lease lease, DateTimeOffset now)
    {
        _seen = lease;
        _seenAt = now;
    }

    private LeaseSpec Ours(Api.MicroTime acquired, DateTimeOffset now, int transitions) => new()
    {
        HolderIdentity = options.Identity,
        LeaseDurationSeconds = (int)options.LeaseDuration.TotalSeconds,
        AcquireTime = acquired,
        RenewTime = now,
        LeaseTransitions = transitions,
    };

    [LoggerMessage(2201, LogLevel.Information, "{Identity} leads by the lease {Lease}")]
    private static partial void LogLeading(ILogger log, string identity, string lease);

    [LoggerMessage(2202, LogLevel.Error, "{Identity} has lost the lease {Lease}")]
    private static partial void LogLost(ILogger log, string identity, string lease);

    [LoggerMessage(2203, LogLevel.Warning, "The lease {Lease} could not be written: {Problem}")]
    private static partial void LogFailed(ILogger log, string lease, string problem);
}
