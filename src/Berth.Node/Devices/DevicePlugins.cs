using System.Collections.Concurrent;
using Berth.Api;
using Berth.Node.Cri;
using Berth.Node.Devices.V1Beta1;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Devices;

/// <summary>
/// The registration endpoint of device plugins and all that have registered. A plugin that ends leaves its devices as
/// unhealthy; if it is not back after five minutes the resource counts as zero. A plugin that registers again replaces the
/// one before, so that agent and plugins can restart in any order.
/// </summary>
public sealed partial class DevicePlugins(string directory, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    public const string ApiVersion = "v1beta1";

    // A kubelet that ran here before may run here again.
    private const string KubeletCheckpoint = "kubelet_internal_checkpoint";

    private static readonly TimeSpan _grace = TimeSpan.FromMinutes(5);

    private readonly ILogger _log = logs.CreateLogger("Berth.Node.Devices");
    private readonly ConcurrentDictionary<string, DevicePlugin> _plugins = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DeviceResource> _resources = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private GrpcServer? _server;

    /// <summary>Devices came, went, or changed their health. Must not block.</summary>
    public event Action<string>? Changed;

    public IReadOnlyCollection<DeviceResource> Resources => [.. _resources.Values];

    public DeviceResource? Find(string resource) => _resources.GetValueOrDefault(resource);

    public DevicePlugin? PluginOf(string resource) => _plugins.GetValueOrDefault(resource);

    /// <summary>What the node has: all devices, as long as their plugin is there or was lately.</summary>
    public ApiMap<Quantity> Capacity => Count(r => IsGone(r) ? 0 : r.Devices.Count);

    public ApiMap<Quantity> Allocatable => Count(r => r.Healthy.Count());

    /// <summary>Listens. Sockets of plugins that an earlier agent knew are removed: plugins take that as the sign to register again.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(directory).Where(f => Path.GetFileName(f) != KubeletCheckpoint)) File.Delete(file);
        _server = new GrpcServer(
            Path.Combine(directory, "kubelet.sock"),
            new Dictionary<string, GrpcMethod> { ["/v1beta1.Registration/Register"] = GrpcMethod.Unary(RegisterRequest.Parser, RegisterAsync) },
            logs);
        await _server.StartAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_server is not null) await _server.DisposeAsync();
        foreach (var plugin in _plugins.Values) plugin.Dispose();
    }

    /// <summary>A name such as vendor.example/device: not one of Kubernetes' own, and one that may be asked for.</summary>
    internal static bool IsExtendedResource(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash != name.LastIndexOf('/')) return false;
        var (domain, local) = (name[..slash], name[(slash + 1)..]);
        return !(domain == "kubernetes.io" || domain.EndsWith(".kubernetes.io", StringComparison.Ordinal))
            && !name.StartsWith("requests.", StringComparison.Ordinal)
            && domain.Length <= 253 && domain.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
            && local.Length is > 0 and <= 63 && local.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && char.IsAsciiLetterOrDigit(local[0]) && char.IsAsciiLetterOrDigit(local[^1]);
    }

    private Task<Empty> RegisterAsync(RegisterRequest request, CancellationToken ct)
    {
        if (request.Version != ApiVersion)
            throw new GrpcException(GrpcStatusCode.Unknown, $"requested API version \"{request.Version}\" is not supported by kubelet. Supported version is \"{ApiVersion}\"");
        if (!IsExtendedResource(request.ResourceName))
            throw new GrpcException(GrpcStatusCode.Unknown, $"the ResourceName \"{request.ResourceName}\" is invalid");
        if (request.Endpoint.Length == 0 || request.Endpoint.Contains("..", StringComparison.Ordinal) || request.Endpoint == "kubelet.sock")
            throw new GrpcException(GrpcStatusCode.Unknown, $"the Endpoint \"{request.Endpoint}\" is invalid");
        var plugin = new DevicePlugin(request.ResourceName, Path.Combine(directory, request.Endpoint.TrimStart('/')), request.Options ?? new DevicePluginOptions(), time);
        _plugins.TryGetValue(request.ResourceName, out var before);
        _plugins[request.ResourceName] = plugin;
        before?.Dispose();
        LogRegistered(_log, request.ResourceName, request.Endpoint);
        _ = FollowAsync(plugin);
        return Task.FromResult(new Empty());
    }

    private async Task FollowAsync(DevicePlugin plugin)
    {
        try
        {
            await plugin.WatchAsync(devices => Set(plugin, devices), _stop.Token);
        }
        catch (GrpcException error)
        {
            LogLost(_log, plugin.Resource, error.Detail);
        }
        catch (OperationCanceledException)
        {
            // Replaced, or the agent stops.
        }

        // A successor has told of its own devices already, or will.
        if (!_plugins.TryRemove(new KeyValuePair<string, DevicePlugin>(plugin.Resource, plugin))) return;
        plugin.Dispose();
        if (_resources.TryGetValue(plugin.Resource, out var resource))
            _resources[plugin.Resource] = resource with { Connected = false, LostAt = time.GetUtcNow() };
        Changed?.Invoke(plugin.Resource);
    }

    private void Set(DevicePlugin plugin, IReadOnlyList<Device> devices)
    {
        if (PluginOf(plugin.Resource) != plugin) return;
        var list = devices.Where(d => d.ID.Length > 0).DistinctBy(d => d.ID)
            .Select(d => new DeviceInfo(d.ID, d.Health == "Healthy", (d.Topology?.Nodes.Select(n => (int)n.ID) ?? []).ToApiList()))
            .OrderBy(d => d.Id, StringComparer.Ordinal)
            .ToApiList();
        _resources[plugin.Resource] = new DeviceResource(plugin.Resource, list, Connected: true, default);
        Changed?.Invoke(plugin.Resource);
    }

    private bool IsGone(DeviceResource resource) => !resource.Connected && time.GetUtcNow() - resource.LostAt > _grace;

    private ApiMap<Quantity> Count(Func<DeviceResource, int> count) => _resources.Values.Select(r => KeyValuePair.Create(r.Name, Quantity.FromUnits(count(r)))).ToApiMap();

    [LoggerMessage(5601, LogLevel.Information, "Device plugin of {Resource} registered, at {Endpoint}")]
    private static partial void LogRegistered(ILogger log, string resource, string endpoint);

    [LoggerMessage(5602, LogLevel.Warning, "Device plugin of {Resource} is gone: {Problem}")]
    private static partial void LogLost(ILogger log, string resource, string problem);
}
