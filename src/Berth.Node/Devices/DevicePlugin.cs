using Berth.Node.Cri;
using Berth.Node.Devices.V1Beta1;

namespace Berth.Node.Devices;

/// <summary>The agent's side of one registered plugin: the stream of its devices, and the calls around a container's start.</summary>
public sealed class DevicePlugin(string resource, string socketPath, DevicePluginOptions options, TimeProvider time) : IDisposable
{
    private const string Service = "/v1beta1.DevicePlugin/";

    // Kubernetes' limit for what may prepare a device, such as resetting it.
    private static readonly TimeSpan _preStartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _callLimit = TimeSpan.FromSeconds(30);

    // A plugin registers before or just after it begins to listen.
    private static readonly TimeSpan _connectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _connectRetry = TimeSpan.FromMilliseconds(50);

    private readonly GrpcChannel _channel = new(socketPath, time);
    private readonly CancellationTokenSource _stop = new();

    public string Resource => resource;

    public DevicePluginOptions Options => options;

    /// <summary>Until the plugin ends, is replaced, or never was there.</summary>
    /// <param name="changed">Called with all devices, each time they change.</param>
    public async Task WatchAsync(Action<IReadOnlyList<Device>> changed, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _stop.Token);
        var begin = time.GetTimestamp();
        var heard = false;
        while (true)
        {
            try
            {
                await foreach (var message in _channel.ServerStreamAsync(Service + "ListAndWatch", new Empty(), ListAndWatchResponse.Parser, either.Token))
                {
                    heard = true;
                    changed(message.Devices);
                }

                return;
            }
            catch (GrpcException error) when (!heard && error.Code == GrpcStatusCode.Unavailable && time.GetElapsedTime(begin) < _connectLimit)
            {
                await Task.Delay(_connectRetry, time, either.Token);
            }
        }
    }

    public async Task<IReadOnlyList<string>> PreferAsync(IEnumerable<string> available, IEnumerable<string> must, int count, CancellationToken ct)
    {
        var request = new PreferredAllocationRequest
        {
            ContainerRequests = { new ContainerPreferredAllocationRequest { AvailableDeviceIDs = { available }, MustIncludeDeviceIDs = { must }, AllocationSize = count } },
        };
        var answer = await _channel.UnaryAsync(Service + "GetPreferredAllocation", request, PreferredAllocationResponse.Parser, _callLimit, ct);
        return answer.ContainerResponses is [var only, ..] ? only.DeviceIDs : [];
    }

    public async Task<ContainerAllocateResponse> AllocateAsync(IEnumerable<string> devices, CancellationToken ct)
    {
        var request = new AllocateRequest { ContainerRequests = { new ContainerAllocateRequest { DevicesIds = { devices } } } };
        var answer = await _channel.UnaryAsync(Service + "Allocate", request, AllocateResponse.Parser, _callLimit, ct);
        return answer.ContainerResponses is [var only, ..] ? only : throw new GrpcException(GrpcStatusCode.Internal, "no containers in return allocation response");
    }

    public Task PreStartAsync(IEnumerable<string> devices, CancellationToken ct) =>
        _channel.UnaryAsync(Service + "PreStartContainer", new PreStartContainerRequest { DevicesIds = { devices } }, PreStartContainerResponse.Parser, _preStartLimit, ct);

    /// <summary>Ends <see cref="WatchAsync"/>.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _channel.Dispose();
    }
}
