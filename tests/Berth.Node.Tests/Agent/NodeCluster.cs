using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer;
using Berth.ApiServer.Authentication;
using Berth.Client;
using Berth.Node.Images;
using Berth.Node.Streaming;
using Berth.Node.Tests.Runtime;
using Berth.Store.Memory;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Tests.Agent;

/// <summary>An API server in the process and one node agent over the assembly's containerd.</summary>
public sealed class NodeCluster : IAsyncDisposable
{
    public const string NodeName = "node-a";

    private readonly ContainerdFixture _fixture;
    private readonly MemoryStore _store = new();
    private readonly ApiServerHost _server;
    private readonly HttpMessageInvoker _http;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    private NodeCluster(ContainerdFixture fixture)
    {
        _fixture = fixture;
        _server = new ApiServerHost(new ApiServerOptions { Store = _store });
        _http = new HttpMessageInvoker(_server.InProcess(new UserInfo("admin", "", ["system:masters"], System.Collections.Immutable.ImmutableDictionary<string, System.Collections.Immutable.ImmutableArray<string>>.Empty)));
        Client = new ClusterClient(_http, new Uri("http://localhost/"), "test");
        DataDirectory = Path.Combine(fixture.Options.DataDirectory, "node-" + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(DataDirectory);
        Options = new NodeAgentOptions
        {
            NodeName = NodeName,
            DataDirectory = DataDirectory,
            Addresses = ["192.0.2.10"],
            PodCidrs = fixture.Options.PodCidrs,
            ClusterDns = "10.96.0.10",
            CgroupRoot = "/berth-test-" + Guid.NewGuid().ToString("N")[..8],
            KubeletDirectory = Path.Combine(DataDirectory, "kubelet"),
            ContainerdSocket = fixture.Containerd.Paths.Socket,
            Server = new KubeletServerOptions { Port = FreePort(), Address = System.Net.IPAddress.Loopback, Authorize = (_, _, _, _) => Task.FromResult(true) },
        };
    }

    public IClusterClient Client { get; }

    /// <summary>Speaks to the server in the process as an administrator.</summary>
    public HttpMessageInvoker Http => _http;

    public NodeAgentOptions Options { get; private set; }

    public string DataDirectory { get; }

    public NodeAgent Agent { get; private set; } = null!;

    public static async Task<NodeCluster> StartAsync(ContainerdFixture fixture, Func<NodeAgentOptions, NodeAgentOptions>? change = null)
    {
        var cluster = new NodeCluster(fixture);
        cluster.Options = change?.Invoke(cluster.Options) ?? cluster.Options;
        await cluster._server.StartAsync(TestContext.Current.CancellationToken);
        foreach (var name in (string[])["default", "kube-system", "kube-node-lease"])
            await cluster.Client.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = name } });
        await cluster.StartAgentAsync();
        return cluster;
    }

    public async Task StartAgentAsync()
    {
        _stop = new CancellationTokenSource();
        Agent = new NodeAgent(Options, Client, _fixture.Client, _fixture.Client);
        _running = Agent.RunAsync(_stop.Token);
        var first = await Task.WhenAny(Agent.Ready, _running, Task.Delay(TimeSpan.FromSeconds(60)));
        if (first == _running) await _running;
        Assert.True(Agent.Ready.IsCompletedSuccessfully, "the agent was not ready within 60 s");
    }

    /// <summary>As when its process is stopped: containers go on.</summary>
    public async Task StopAgentAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await Agent.DisposeAsync();
    }

    public static Pod Pod(string name, string script, Func<Container, Container>? change = null, Func<PodSpec, PodSpec>? spec = null)
    {
        var container = new Container
        {
            Name = "main",
            Image = LocalImages.BusyboxName,
            ImagePullPolicy = "IfNotPresent",
            Command = ["/bin/sh", "-c", script],
            TerminationMessagePath = "/dev/termination-log",
            TerminationMessagePolicy = "File",
        };
        var podSpec = new PodSpec
        {
            NodeName = NodeName,
            RestartPolicy = "Always",
            TerminationGracePeriodSeconds = 5,
            DnsPolicy = "ClusterFirst",
            AutomountServiceAccountToken = false,
            Containers = [change?.Invoke(container) ?? container],
        };
        return new Pod { Metadata = new ObjectMeta { Name = name, Namespace = "default" }, Spec = spec?.Invoke(podSpec) ?? podSpec };
    }

    /// <summary>Waits until the pod is as wanted; null stands for "gone".</summary>
    public async Task<Pod> WaitAsync(string name, Func<Pod?, bool> wanted, string what, int seconds = 60)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(seconds);
        while (true)
        {
            Pod? pod;
            try
            {
                pod = await Client.GetAsync<Pod>("default", name);
            }
            catch (ApiException error) when (error.IsNotFound)
            {
                pod = null;
            }

            if (wanted(pod)) return pod ?? Berth.Api.Core.V1.Pod.Empty;
            if (DateTimeOffset.UtcNow > deadline)
            {
                var events = await Client.ListAsync<Event>("default");
                Assert.Fail($"pod {name}: expected {what} within {seconds} s, got {(pod is null ? "nothing" : System.Text.Encoding.UTF8.GetString(ApiJson.Serialize(pod.Status)))}\nevents:\n"
                    + string.Join('\n', events.Items.Where(e => e.InvolvedObject.Name == name).Select(e => $"{e.Type} {e.Reason}: {e.Message}")));
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public Task<Pod> RunningAsync(string name) =>
        WaitAsync(name, p => p?.Status.Conditions.Any(c => c.Type == "Ready" && c.Status == "True") == true, "Ready");

    public async Task<string> LogsAsync(string name, string container = "main", string query = "")
    {
        using var http = new HttpClient();
        return await http.GetStringAsync($"http://127.0.0.1:{Options.Server!.Port}/containerLogs/default/{name}/{container}?{query}");
    }

    /// <summary>Waits for what a running container writes: it has not always done so when it is seen to run.</summary>
    public Task LogShowsAsync(string name, string text) => TextAsync($"/containerLogs/default/{name}/main", t => t.Trim() == text);

    /// <summary>What the agent's own server answers, once it is as wanted.</summary>
    public async Task<string> TextAsync(string path, Predicate<string> wanted)
    {
        using var http = new HttpClient();
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            var text = await http.GetStringAsync($"http://127.0.0.1:{Options.Server!.Port}{path}", TestContext.Current.CancellationToken);
            if (wanted(text))
                return text;
            Assert.True(DateTimeOffset.UtcNow < deadline, $"{path} was not as wanted within 60 s; the last answer:\n{text}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsCompleted) await StopAgentAsync();
        await _server.DisposeAsync();
        foreach (var sandbox in await _fixture.Client.ListPodSandboxAsync())
        {
            await _fixture.Client.StopPodSandboxAsync(sandbox.Id);
            await _fixture.Client.RemovePodSandboxAsync(sandbox.Id);
        }

        Berth.Linux.Mounts.Mount.UnmountAllUnder(DataDirectory);
        await Agent.RemoveCgroupsAsync();
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
