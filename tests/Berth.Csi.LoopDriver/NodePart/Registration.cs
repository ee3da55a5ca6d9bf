using Berth.Csi.LoopDriver.Grpc;
using Berth.Node.Plugins.V1;
using Google.Protobuf;

namespace Berth.Csi.LoopDriver.NodePart;

/// <summary>Makes the driver known to the node agent: what the node-driver-registrar does for drivers that lack it.</summary>
public sealed class Registration(DriverOptions options)
{
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the agent said: empty when it took the driver in.</summary>
    public Task<string> Answer => _answer.Task;

    public string Socket => Path.Combine(options.RegistryDirectory, options.Name + "-reg.sock");

    public void Map(RpcServer server)
    {
        server.Map("/pluginregistration.Registration/GetInfo", InfoRequest.Parser, (_, _) => Task.FromResult<IMessage>(
            new PluginInfo { Type = "CSIPlugin", Name = options.Name, Endpoint = options.Socket, SupportedVersions = { "1.0.0" } }));
        server.Map("/pluginregistration.Registration/NotifyRegistrationStatus", RegistrationStatus.Parser, (status, _) =>
        {
            _answer.TrySetResult(status.PluginRegistered ? "" : status.Error);
            return Task.FromResult<IMessage>(new RegistrationStatusResponse());
        });
    }
}
