using Berth.Api;
using Berth.ApiServer.Yaml;
using Berth.Client;
using Berth.Client.Informers;
using Berth.Controllers.ClusterDns;
using Berth.Ingress;
using Berth.Instance;
using Berth.Network;
using Berth.Network.PodNetwork;
using Berth.Node;
using Berth.Node.Cri;
using Berth.Node.Runtime;
using Berth.Node.Streaming;
using Microsoft.Extensions.Logging;

namespace Berth.Up;

/// <summary>
/// What runs on the machine that gives pods a home: their network, the container runtime, the agent. Stopping it leaves the
/// pods running; the next start finds them again.
/// </summary>
internal sealed class NodeSide(NodeSideOptions options, TimeProvider time, ILoggerFactory logs) : IAsyncDisposable
{
    private readonly HostNetwork _host = new();
    private InformerFactory? _informers;
    private NodeNetwork? _network;
    private ContainerdProcess? _containerd;
    private CriClient? _foreign;

    public NodeNetworkOptions NetworkOptions { get; } = options.Network;

    public string RuntimeText { get; private set; } = "";

    private CriClient Runtime => _containerd?.Client ?? _foreign ?? throw new InvalidOperationException("the runtime has not been started");

    /// <summary>Makes the pods' bridge; what will not work on this machine comes back as warnings.</summary>
    /// <param name="client">Of service proxy, DNS and routes.</param>
    /// <exception cref="UserErrorException">A range is in use on this machine already.</exception>
    public async Task<IReadOnlyList<string>> PrepareNetworkAsync(IClusterClient client, CancellationToken ct)
    {
        await AddressRanges.RequireFreeAsync(NetworkOptions, _host, ct);
        _informers = new InformerFactory(client, logs, time);
        try
        {
            _network = await NodeNetwork.PrepareAsync(_informers, NetworkOptions, _host, logs, time, ct);
        }
        catch (WireguardMissingException e)
        {
            throw new UserErrorException(e.Message, "load the module (modprobe wireguard), or take another --pod-network for the cluster", e);
        }


        return _network.Warnings;
    }

    /// <summary>Starts or adopts containerd, or connects to the runtime that was named.</summary>
    /// <exception cref="UserErrorException">The runtime named does not answer.</exception>
    /// <exception cref="RuntimeStartException">containerd is missing or does not come up.</exception>
    public async Task StartRuntimeAsync(CancellationToken ct)
    {
        if (options.RuntimeEndpoint is not { } endpoint)
        {
            var log = logs.CreateLogger("Berth.Node.Runtime");
            _containerd = await ContainerdProcess.StartAsync(options.Containerd, line => RuntimeLog.Said(log, line), time, ct);
            RuntimeText = $"containerd {_containerd.Version.Text}{(_containerd.Adopted ? ", was running" : "")}";
            return;
        }

        var path = SocketPath(endpoint);
        _foreign = new CriClient(path, time);
        try
        {
            var version = await _foreign.VersionAsync(ct);
            RuntimeText = $"{version.RuntimeName} {version.RuntimeVersion} at {path}";
        }
        catch (Exception e) when (e is GrpcException or HttpRequestException or IOException)
        {
            throw new UserErrorException($"no container runtime answers at {path}: {e.Message}", "see that it runs and speaks CRI v1, or leave --runtime-endpoint away", e);
        }
    }

    /// <summary>Completes when Services and DNS work.</summary>
    public Task WaitForNetworkAsync(CancellationToken ct) => _network!.WaitForReadyAsync(ct);

    /// <summary>Runs network and agent until cancelled; faults with the first part that does.</summary>
    public async Task RunAsync(NodeLink link, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var agent = CreateAgent(link);
        Task[] parts = [_informers!.RunAsync(stop.Token), _network!.RunAsync(stop.Token), agent.RunAsync(stop.Token)];
        try
        {
            await await Task.WhenAny(parts);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _network?.Dispose();
        if (_containerd is not null)
            await _containerd.DisposeAsync();
        _foreign?.Dispose();
    }

    private static string SocketPath(string endpoint) => endpoint.StartsWith("unix://", StringComparison.Ordinal) ? endpoint["unix://".Length..] : endpoint;

    private static byte[] DeviceFileToJson(byte[] yaml)
    {
        try
        {
            return YamlToJson.Convert(yaml);
        }
        catch (YamlFormatException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private NodeAgent CreateAgent(NodeLink link)
    {
        var containerd = options.Containerd;
        return new NodeAgent(
            new NodeAgentOptions
            {
                NodeName = options.NodeName,
                DataDirectory = options.DataDirectory,
                Addresses = [.. options.HostAddresses.Select(a => a.ToString())],
                PodCidrs = [.. options.NodePodCidr.All.Select(r => r.ToString())],
                PodAddressed = (pod, addresses, token) => _network!.AdmitPodAsync(pod, addresses, token),
                Annotations = ApiMap.Of(
                    (ClusterDnsController.Announcement, _network!.DnsServer.ToString()),
                    (NodeRoutesOptions.WireguardKey, _network.WireguardKey ?? ""),
                    (IngressServerOptions.Announcement, options.HasIngress ? string.Join(',', options.HostAddresses) : "")),
                ClusterDns = options.DnsAddress.ToString(),
                ClusterDomain = options.ClusterDomain,
                Configuration = options.NodeConfiguration,
                ReadPod = StaticPodFile.Read,
                DeviceRoot = Environment.GetEnvironmentVariable("BERTH_DEVICE_ROOT") ?? "/",
                DeviceFileToJson = DeviceFileToJson,
                CgroupRoot = containerd.CgroupRoot,
                // Vendors' device plugins know one place; only the machine's main instance can have it.
                KubeletDirectory = KubeletDirectory.Of(options.DataDirectory),
                ContainerdSocket = options.RuntimeEndpoint is null ? new ContainerdPaths(containerd).Socket : null,
                Server = new KubeletServerOptions
                {
                    Address = options.HostAddress,
                    Port = KubeletPort.Choose(options.HostAddress),
                    Certificate = link.Serving,
                    ClientAuthority = link.Authority,
                    Authorize = link.Authorize,
                    AuthenticateToken = link.AuthenticateToken,
                },
            },
            link.Agent,
            Runtime,
            Runtime,
            time,
            logs);
    }
}
