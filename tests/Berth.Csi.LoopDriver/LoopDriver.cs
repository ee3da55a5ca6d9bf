using Berth.Client;
using Berth.Csi.LoopDriver.Controller;
using Berth.Csi.LoopDriver.Grpc;
using Berth.Csi.LoopDriver.NodePart;

namespace Berth.Csi.LoopDriver;

/// <summary>
/// A small real CSI driver: volumes are files, nodes see them as loop devices. Controller and node part may run in one
/// process or in several over one state directory.
/// </summary>
public sealed class LoopDriver : IAsyncDisposable
{
    private readonly DriverOptions _options;
    private readonly RpcServer _server;
    private readonly RpcServer? _registry;
    private readonly Sidecar? _sidecar;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <param name="client">For the controller part; null runs the node part alone.</param>
    public LoopDriver(DriverOptions options, IClusterClient? client, bool node = true)
    {
        _options = options;
        Storage = new Storage(options.StateDirectory);
        _server = new RpcServer(options.Socket);
        Node = new NodeService(options, Storage);
        Node.Map(_server);
        new ControllerService(options, Storage).Map(_server);
        Registration = new Registration(options);
        if (node)
        {
            _registry = new RpcServer(Registration.Socket);
            Registration.Map(_registry);
        }

        if (client is not null)
            _sidecar = new Sidecar(options, client);
    }

    public Storage Storage { get; }

    public NodeService Node { get; }

    public Registration Registration { get; }

    public async Task StartAsync()
    {
        await _server.StartAsync();
        if (_sidecar is not null)
            _running = _sidecar.RunAsync(_stop.Token);
        // Last: the node agent calls as soon as it sees this socket.
        if (_registry is not null)
            await _registry.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_registry is not null)
            await _registry.DisposeAsync();
        File.Delete(Registration.Socket);
        await _server.DisposeAsync();
        File.Delete(_options.Socket);
        _sidecar?.Dispose();
        _stop.Dispose();
    }
}
