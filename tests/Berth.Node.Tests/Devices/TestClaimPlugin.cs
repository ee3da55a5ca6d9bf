using System.Collections.Concurrent;
using Berth.Node.Cri;
using Berth.Node.Devices.DraV1;
using Berth.Node.Plugins.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Node.Tests.Devices;

/// <summary>A small driver for resource claims as a vendor would write one: each device is the machine's /dev/zero under its name.</summary>
public sealed class TestClaimPlugin : IAsyncDisposable
{
    public const string Driver = "test.example";

    private readonly string _cdiFile;
    private readonly GrpcServer _server;
    private readonly Func<string, IReadOnlyList<string>> _devicesOf;

    /// <param name="cdiDirectory">Where the agent looks for specifications.</param>
    /// <param name="devicesOf">By the name of a claim.</param>
    /// <param name="version">v1 or v1beta1.</param>
    public TestClaimPlugin(string registryDirectory, string cdiDirectory, Func<string, IReadOnlyList<string>> devicesOf, string version)
    {
        Directory.CreateDirectory(registryDirectory);
        Directory.CreateDirectory(cdiDirectory);
        _devicesOf = devicesOf;
        _cdiFile = Path.Combine(cdiDirectory, "test.json");
        var service = $"/k8s.io.kubelet.pkg.apis.dra.{version}.DRAPlugin/";
        _server = new GrpcServer(
            Path.Combine(registryDirectory, "test.sock"),
            new Dictionary<string, GrpcMethod>
            {
                ["/pluginregistration.Registration/GetInfo"] = GrpcMethod.Unary(InfoRequest.Parser, (_, _) => Task.FromResult(new PluginInfo { Type = "DRAPlugin", Name = Driver, SupportedVersions = { version + ".DRAPlugin" } })),
                ["/pluginregistration.Registration/NotifyRegistrationStatus"] = GrpcMethod.Unary(RegistrationStatus.Parser, (status, _) =>
                {
                    Registered.TrySetResult(status.Error);
                    return Task.FromResult(new RegistrationStatusResponse());
                }),
                [service + "NodePrepareResources"] = GrpcMethod.Unary(NodePrepareResourcesRequest.Parser, (request, _) => Task.FromResult(Prepare(request))),
                [service + "NodeUnprepareResources"] = GrpcMethod.Unary(NodeUnprepareResourcesRequest.Parser, (request, _) => Task.FromResult(Unprepare(request))),
            },
            NullLoggerFactory.Instance);
    }

    /// <summary>What the agent said of the registration; empty when it took it.</summary>
    public TaskCompletionSource<string> Registered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Names of the claims, in the order of the calls.</summary>
    public ConcurrentQueue<string> Prepared { get; } = new();

    /// <inheritdoc cref="Prepared"/>
    public ConcurrentQueue<string> Unprepared { get; } = new();

    /// <summary>While set, nothing is given back.</summary>
    public volatile string UnprepareError = "";

    public async Task StartAsync(CancellationToken ct)
    {
        await File.WriteAllTextAsync(_cdiFile, """
            {"cdiVersion":"0.6.0","kind":"test.example/zero","devices":[
            {"name":"a","containerEdits":{"env":["TEST_A=yes"],"deviceNodes":[{"path":"/dev/test-a","hostPath":"/dev/zero"}]}},
            {"name":"b","containerEdits":{"env":["TEST_B=yes"],"deviceNodes":[{"path":"/dev/test-b","hostPath":"/dev/zero"}]}}]}
            """, ct);
        await _server.StartAsync(ct);
        Assert.Equal("", await Registered.Task.WaitAsync(TimeSpan.FromSeconds(60), ct));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private NodePrepareResourcesResponse Prepare(NodePrepareResourcesRequest request)
    {
        var response = new NodePrepareResourcesResponse();
        foreach (var claim in request.Claims)
        {
            Prepared.Enqueue(claim.Name);
            var result = new NodePrepareResourceResponse();
            foreach (var device in _devicesOf(claim.Name))
                result.Devices.Add(new Device { RequestNames = { device }, PoolName = "pool", DeviceName = device, CdiDeviceIds = { "test.example/zero=" + device } });
            response.Claims.Add(claim.Uid, result);
        }

        return response;
    }

    private NodeUnprepareResourcesResponse Unprepare(NodeUnprepareResourcesRequest request)
    {
        var response = new NodeUnprepareResourcesResponse();
        foreach (var claim in request.Claims)
        {
            if (UnprepareError.Length == 0) Unprepared.Enqueue(claim.Name);
            response.Claims.Add(claim.Uid, new NodeUnprepareResourceResponse { Error = UnprepareError });
        }

        return response;
    }
}
