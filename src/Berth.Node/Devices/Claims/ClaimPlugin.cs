using System.Collections.Concurrent;
using Berth.Api.Resource.V1;
using Berth.Node.Cri;
using Berth.Node.Devices.Checkpoint;
using Berth.Node.Devices.DraHealthV1Alpha1;
using Berth.Node.Devices.DraV1;

namespace Berth.Node.Devices.Claims;

/// <summary>A driver behind its socket, of the kubelet plugin API v1 or v1beta1.</summary>
public sealed class ClaimPlugin : IClaimDriver, IDisposable
{
    public const string V1 = "v1.DRAPlugin";
    public const string V1Beta1 = "v1beta1.DRAPlugin";
    public const string Health = "v1alpha1.DRAResourceHealth";

    // As Kubernetes' node agent gives them.
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan s_healthLimit = TimeSpan.FromSeconds(30);

    private readonly GrpcChannel _channel;
    private readonly TimeProvider _time;
    private readonly string _service;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(string Pool, string Device), (DeviceCondition Condition, DateTimeOffset Until)> _health = new();

    /// <param name="versions">As the plugin told them; a plugin that tells of no service has v1beta1.</param>
    public ClaimPlugin(string name, string endpoint, IReadOnlyList<string> versions, TimeProvider time)
    {
        Name = name;
        _time = time;
        _channel = new GrpcChannel(endpoint, time);
        _service = $"/k8s.io.kubelet.pkg.apis.dra.{(versions.Contains(V1) ? "v1" : "v1beta1")}.DRAPlugin/";
        TellsHealth = versions.Contains(Health);
    }

    public string Name { get; }

    public bool TellsHealth { get; }

    /// <summary>True when the node agent and the plugin have an API in common.</summary>
    public static bool IsUsable(IReadOnlyList<string> versions) => versions.Contains(V1) || versions.Contains(V1Beta1);

    public async Task<IReadOnlyList<PreparedDevice>> PrepareAsync(ResourceClaim claim, CancellationToken ct)
    {
        var meta = claim.Metadata;
        var request = new NodePrepareResourcesRequest { Claims = { new Claim { Namespace = meta.Namespace, Uid = meta.Uid, Name = meta.Name } } };
        var answer = await CallAsync("NodePrepareResources", () => _channel.UnaryAsync(_service + "NodePrepareResources", request, NodePrepareResourcesResponse.Parser, s_callLimit, ct));
        if (!answer.Claims.TryGetValue(meta.Uid, out var result))
            throw new ClaimDriverException("NodePrepareResources skipped 1 ResourceClaims");
        if (result.Error.Length > 0)
            throw new ClaimDriverException($"NodePrepareResources failed for ResourceClaim {meta.Name}: {result.Error}");
        return [.. result.Devices.Select(d => new PreparedDevice { Driver = Name, Pool = d.PoolName, Device = d.DeviceName, Requests = { d.RequestNames }, CdiDevices = { d.CdiDeviceIds }, ShareId = d.ShareId })];
    }

    public async Task UnprepareAsync(PreparedClaim claim, CancellationToken ct)
    {
        var request = new NodeUnprepareResourcesRequest { Claims = { new Claim { Namespace = claim.Namespace, Uid = claim.Uid, Name = claim.Name } } };
        var answer = await CallAsync("NodeUnprepareResources", () => _channel.UnaryAsync(_service + "NodeUnprepareResources", request, NodeUnprepareResourcesResponse.Parser, s_callLimit, ct));
        if (!answer.Claims.TryGetValue(claim.Uid, out var result))
            throw new ClaimDriverException("NodeUnprepareResources skipped 1 ResourceClaims");
        if (result.Error.Length > 0)
            throw new ClaimDriverException($"NodeUnprepareResources failed for ResourceClaim {claim.Name}: {result.Error}");
    }

    public DeviceCondition? HealthOf(string pool, string device)
    {
        if (!TellsHealth)
            return null;
        return _health.TryGetValue((pool, device), out var known) && _time.GetUtcNow() < known.Until ? known.Condition : new DeviceCondition("Unknown", "");
    }

    /// <summary>Follows the health of the devices until the plugin ends the stream or is disposed.</summary>
    /// <param name="changed">Called after each change.</param>
    /// <exception cref="GrpcException">The stream broke.</exception>
    public async Task WatchHealthAsync(Action changed, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token);
        await foreach (var news in _channel.ServerStreamAsync("/v1alpha1.DRAResourceHealth/NodeWatchResources", new NodeWatchResourcesRequest(), NodeWatchResourcesResponse.Parser, either.Token))
        {
            foreach (var device in news.Devices.Where(d => d.Device is not null))
            {
                var health = device.Health switch { HealthStatus.Healthy => "Healthy", HealthStatus.Unhealthy => "Unhealthy", _ => "Unknown" };
                var limit = device.HealthCheckTimeoutSeconds > 0 ? TimeSpan.FromSeconds(device.HealthCheckTimeoutSeconds) : s_healthLimit;
                _health[(device.Device.PoolName, device.Device.DeviceName)] = (new DeviceCondition(health, device.Message), _time.GetUtcNow() + limit);
            }

            changed();
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _channel.Dispose();
    }

    private static async Task<T> CallAsync<T>(string method, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (GrpcException error)
        {
            throw new ClaimDriverException($"{method}: {error.Message}", error);
        }
    }
}
