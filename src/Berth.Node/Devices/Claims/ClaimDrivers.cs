using System.Collections.Concurrent;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Client;
using Berth.Node.Cri;
using Berth.Node.Plugins;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Devices.Claims;

/// <summary>
/// The drivers of resource claims on this node: plugins that register, and Berth's own. What a plugin published is withdrawn
/// when it is gone for longer than an update takes.
/// </summary>
public sealed partial class ClaimDrivers(IReadOnlyList<IClaimDriver> own, IClusterClient client, string nodeName, TimeProvider time, ILogger log) : IPluginHandler, IDisposable
{
    // As Kubernetes' node agent waits before it withdraws a driver's slices.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, ClaimPlugin> _plugins = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Health of devices changed, or a driver came or went. Must not block.</summary>
    public event Action? Changed;

    public string Type => "DRAPlugin";

    /// <exception cref="ClaimDriverException">There is none of that name now.</exception>
    public IClaimDriver Get(string name) => Find(name) ?? throw new ClaimDriverException($"DRA driver {name} is not registered");

    public IClaimDriver? Find(string name) => own.FirstOrDefault(d => d.Name == name) ?? _plugins.GetValueOrDefault(name);

    public Task RegisterAsync(string name, string endpoint, IReadOnlyList<string> versions, CancellationToken ct)
    {
        if (!Path.IsPathRooted(endpoint))
            throw new PluginException($"DRA plugin {name}: the endpoint \"{endpoint}\" is not an absolute path");
        if (own.Any(d => d.Name == name))
            throw new PluginException($"DRA plugin {name}: the node agent has a driver of that name itself");
        if (!ClaimPlugin.IsUsable(versions))
            throw new PluginException($"DRA plugin {name}: none of its services ({string.Join(", ", versions)}) is supported: {ClaimPlugin.V1}, {ClaimPlugin.V1Beta1}");
        var plugin = new ClaimPlugin(name, endpoint, versions, time);
        _plugins.TryGetValue(name, out var before);
        _plugins[name] = plugin;
        before?.Dispose();
        if (plugin.TellsHealth)
            _ = FollowAsync(plugin);
        Changed?.Invoke();
        return Task.CompletedTask;
    }

    public Task DeregisterAsync(string name, CancellationToken ct)
    {
        if (_plugins.TryRemove(name, out var plugin))
            plugin.Dispose();
        Changed?.Invoke();
        _ = WithdrawAsync(name);
        return Task.CompletedTask;
    }

    /// <summary>Withdraws what drivers published that do not come back after a start of the agent.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await Task.Delay(s_patience, time, ct);
        try
        {
            var slices = await client.ListAsync<ResourceSlice>(null, new ListOptions { FieldSelector = $"spec.nodeName={nodeName}" }, ct);
            foreach (var slice in slices.Items.Where(s => Find(s.Spec.Driver) is null))
                await client.DeleteAsync<ResourceSlice>(null, slice.Metadata.Name, new DeleteOptions { Preconditions = new() { Uid = slice.Metadata.Uid } }, ct);
        }
        catch (Exception error) when (error is ApiException or HttpRequestException or IOException)
        {
            LogWithdrawFailed(log, "all", error.Message);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var plugin in _plugins.Values)
            plugin.Dispose();
        _stop.Dispose();
    }

    private async Task WithdrawAsync(string name)
    {
        try
        {
            await Task.Delay(s_patience, time, _stop.Token);
            if (Find(name) is not null)
                return;
            await client.DeleteCollectionAsync<ResourceSlice>(null, new ListOptions { FieldSelector = $"spec.driver={name},spec.nodeName={nodeName}" }, ct: _stop.Token);
        }
        catch (Exception error) when (error is ApiException or HttpRequestException or IOException)
        {
            LogWithdrawFailed(log, name, error.Message);
        }
        catch (OperationCanceledException)
        {
            // The agent stops; the next one looks again.
        }
    }

    private async Task FollowAsync(ClaimPlugin plugin)
    {
        while (_plugins.GetValueOrDefault(plugin.Name) == plugin && !_stop.IsCancellationRequested)
        {
            try
            {
                await plugin.WatchHealthAsync(() => Changed?.Invoke(), _stop.Token);
            }
            catch (GrpcException error)
            {
                LogHealthLost(log, plugin.Name, error.Message);
                if (error.Code == GrpcStatusCode.Unimplemented)
                    return;
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                await Task.Delay(s_again, time, _stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    [LoggerMessage(5621, LogLevel.Warning, "What driver {Driver} published could not be withdrawn: {Problem}")]
    private static partial void LogWithdrawFailed(ILogger log, string driver, string problem);

    [LoggerMessage(5622, LogLevel.Debug, "Driver {Driver} does not tell of its devices' health now: {Problem}")]
    private static partial void LogHealthLost(ILogger log, string driver, string problem);
}
