using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Berth.Node.Cri;
using Berth.Node.Devices.V1Beta1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Node.Tests.Devices;

/// <summary>A small device plugin as a vendor would write one: its devices are the machine's /dev/zero under other names.</summary>
public sealed class TestDevicePlugin : IAsyncDisposable
{
    private readonly string _directory;
    private readonly string _resource;
    private readonly DevicePluginOptions _options;
    private readonly Channel<bool> _changes = Channel.CreateUnbounded<bool>();
    private readonly GrpcServer _server;
    private volatile Device[] _devices;

    public TestDevicePlugin(string directory, string resource, IEnumerable<Device> devices, DevicePluginOptions? options = null)
    {
        (_directory, _resource, _devices, _options) = (directory, resource, [.. devices], options ?? new DevicePluginOptions());
        _server = new GrpcServer(
            Path.Combine(directory, Endpoint),
            new Dictionary<string, GrpcMethod>
            {
                ["/v1beta1.DevicePlugin/GetDevicePluginOptions"] = GrpcMethod.Unary(Empty.Parser, (_, _) => Task.FromResult(_options)),
                ["/v1beta1.DevicePlugin/ListAndWatch"] = GrpcMethod.ServerStream(Empty.Parser, (_, ct) => WatchAsync(ct)),
                ["/v1beta1.DevicePlugin/GetPreferredAllocation"] = GrpcMethod.Unary(PreferredAllocationRequest.Parser, (request, _) => Task.FromResult(Prefer(request))),
                ["/v1beta1.DevicePlugin/Allocate"] = GrpcMethod.Unary(AllocateRequest.Parser, (request, _) => Task.FromResult(Allocate(request))),
                ["/v1beta1.DevicePlugin/PreStartContainer"] = GrpcMethod.Unary(PreStartContainerRequest.Parser, (request, _) =>
                {
                    Interlocked.Increment(ref _preStarts);
                    return Task.FromResult(new PreStartContainerResponse());
                }),
            },
            NullLoggerFactory.Instance);
    }

    private int _preStarts;

    public int PreStarts => Volatile.Read(ref _preStarts);

    private static string Endpoint => "test.sock";

    public static IEnumerable<Device> Healthy(params string[] ids) => ids.Select(id => new Device { ID = id, Health = "Healthy", Topology = new TopologyInfo { Nodes = { new NUMANode { ID = 0 } } } });

    public async Task StartAsync(CancellationToken ct)
    {
        await _server.StartAsync(ct);
        using var agent = new GrpcChannel(Path.Combine(_directory, "kubelet.sock"), TimeProvider.System);
        var request = new RegisterRequest { Version = "v1beta1", Endpoint = Endpoint, ResourceName = _resource, Options = _options };
        await agent.UnaryAsync("/v1beta1.Registration/Register", request, Empty.Parser, TimeSpan.FromSeconds(10), ct);
    }

    public void Become(IEnumerable<Device> devices)
    {
        _devices = [.. devices];
        _changes.Writer.TryWrite(true);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async IAsyncEnumerable<ListAndWatchResponse> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            yield return new ListAndWatchResponse { Devices = { _devices } };
            await _changes.Reader.ReadAsync(ct);
        }
    }

    /// <summary>The last ones first.</summary>
    private static PreferredAllocationResponse Prefer(PreferredAllocationRequest request)
    {
        var asked = request.ContainerRequests[0];
        var chosen = asked.MustIncludeDeviceIDs.Concat(asked.AvailableDeviceIDs.Except(asked.MustIncludeDeviceIDs).OrderDescending(StringComparer.Ordinal)).Take(asked.AllocationSize);
        return new PreferredAllocationResponse { ContainerResponses = { new ContainerPreferredAllocationResponse { DeviceIDs = { chosen } } } };
    }

    private static AllocateResponse Allocate(AllocateRequest request)
    {
        var ids = request.ContainerRequests[0].DevicesIds;
        var response = new ContainerAllocateResponse { Envs = { ["TEST_DEVICES"] = string.Join(',', ids) }, Annotations = { ["test.example/devices"] = string.Join(',', ids) } };
        foreach (var id in ids) response.Devices.Add(new DeviceSpec { ContainerPath = "/dev/test-" + id, HostPath = "/dev/zero", Permissions = "rw" });
        response.Mounts.Add(new Mount { ContainerPath = "/host-proc", HostPath = "/proc", ReadOnly = true });
        return new AllocateResponse { ContainerResponses = { response } };
    }
}
