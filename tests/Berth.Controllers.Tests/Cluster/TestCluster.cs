using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer;
using Berth.ApiServer.Authentication;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Metadata;
using Berth.Controllers.CertificateSigning;
using Berth.Store.Memory;
using Microsoft.Extensions.Logging;

namespace Berth.Controllers.Tests.Cluster;

/// <summary>
/// An API server in memory with all controllers, and nodes that only pretend: pods become ready at once, those with the
/// image <c>succeeds</c> or <c>fails</c> end at once.
/// </summary>
internal sealed class TestCluster : IAsyncDisposable
{
    // Many tests share two cores with other work; in the good case none takes a second.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private static readonly Uri s_server = new("https://berth.invalid/");

    private readonly MemoryStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TestLog _log = new();
    private readonly List<EventRecorder> _recorders = [];
    private readonly List<Task> _running = [];
    private readonly ApiServerHost _host;
    private readonly HttpMessageInvoker _http;
    private IReadOnlyList<Controller> _controllers = [];

    private TestCluster()
    {
        _host = new ApiServerHost(new ApiServerOptions { Store = _store, Random = new Random(1) });
        _http = new HttpMessageInvoker(_host.InProcess(UserInfo.Of("admin", UserInfo.MastersGroup)));
        Client = new ClusterClient(_http, s_server, "test");
        Metadata = new MetadataClient(_http, s_server, "test");
    }

    public ClusterClient Client { get; }

    public MetadataClient Metadata { get; }

    public static async Task<TestCluster> StartAsync()
    {
        var cluster = new TestCluster();
        await cluster._host.StartAsync();
        await cluster.Client.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "default" } });
        var informers = new InformerFactory(cluster.Client, cluster._log);
        cluster._controllers = ControllerSet.Create(new ControllerContext(cluster.Client, informers, TimeProvider.System, cluster._log, cluster.Recorder)
        {
            Metadata = cluster.Metadata,
            RootCertificates = "",
            CertificateSigner = new TestSigner(),
            PodRange = System.Net.IPNetwork.Parse("10.42.0.0/16"),
            DnsAddress = System.Net.IPAddress.Parse("10.43.0.10"),
        });
        informers.For<Pod>().AddHandler(cluster.RunPod, (_, pod) => cluster.RunPod(pod));
        cluster._running.Add(informers.RunAsync(cluster._stop.Token));
        cluster._running.AddRange(cluster._controllers.Select(c => c.RunAsync(cluster._stop.Token)));
        return cluster;
    }

    /// <summary>Has the store forget what it keeps for reads of the past.</summary>
    public async Task CompactAsync() => await _store.CompactAsync(_store.Current);

    /// <summary>For kinds that have no type here.</summary>
    public async Task<string> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(s_server, path));
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json");
        using var response = await _http.SendAsync(request, _stop.Token);
        var body = await response.Content.ReadAsStringAsync(_stop.Token);
        return response.IsSuccessStatusCode ? body : throw new HttpRequestException($"{method} {path}: {body}", null, response.StatusCode);
    }

    /// <summary>Makes the kind Widget (with a scale), and waits until it is served.</summary>
    public async Task ServeWidgetsAsync()
    {
        await SendAsync(HttpMethod.Post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", """
            {"metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"widgets","singular":"widget","kind":"Widget"},
            "versions":[{"name":"v1","served":true,"storage":true,
            "subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas","statusReplicasPath":".status.replicas","labelSelectorPath":".status.selector"}},
            "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-preserve-unknown-fields":true},"status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}}}]}}
            """);
        using var limit = new CancellationTokenSource(s_patience);
        while ((await Metadata.Kinds.AskAsync(limit.Token)).Find("example.com/v1", "Widget") is null)
            await Task.Delay(20, limit.Token);
    }

    /// <summary>The object once it is as asked; fails with what it is when that takes too long.</summary>
    public async Task<T> EventuallyAsync<T>(string name, Func<T, bool> condition)
        where T : class, IApiObject<T>
    {
        using var limit = new CancellationTokenSource(s_patience);
        T? last = null;
        while (!limit.IsCancellationRequested)
        {
            try
            {
                last = await Client.GetAsync<T>(T.Kind.Namespaced ? "default" : null, name);
                if (condition(last))
                    return last;
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                last = null;
            }

            await Task.Delay(20, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        throw Failure($"{T.Kind.Kind} {name} is {last?.ToString() ?? "not there"}");
    }

    /// <summary>All objects of a kind in the namespace once they are as asked.</summary>
    public async Task<IReadOnlyList<T>> EventuallyAllAsync<T>(Func<IReadOnlyList<T>, bool> condition)
        where T : class, IApiObject<T>
    {
        using var limit = new CancellationTokenSource(s_patience);
        IReadOnlyList<T> last = [];
        while (!limit.IsCancellationRequested)
        {
            last = (await Client.ListAsync<T>(T.Kind.Namespaced ? "default" : null)).Items;
            if (condition(last))
                return last;
            await Task.Delay(20, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        throw Failure($"the {T.Kind.Plural} are {string.Join("; ", last.Select(o => $"{o.Metadata.Name}: {o}"))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var controller in _controllers)
            controller.Dispose();
        foreach (var recorder in _recorders)
            await recorder.DisposeAsync();
        _http.Dispose();
        await _host.DisposeAsync();
        await _store.DisposeAsync();
        _stop.Dispose();
        Assert.DoesNotContain(_log.Lines, l => l.Level >= LogLevel.Error);
    }

    private EventRecorder Recorder(string component)
    {
        var recorder = new EventRecorder(Client, component);
        _recorders.Add(recorder);
        return recorder;
    }

    private Xunit.Sdk.XunitException Failure(string what) =>
        new($"{what}\nlogged: {string.Join("\n", _log.Lines.Select(l => $"{l.Level} {l.Text}"))}");

    private void RunPod(Pod pod)
    {
        if (pod.Status.Phase == "Pending" && pod.Metadata.DeletionTimestamp is null)
            _ = StartPodAsync(pod);
    }

    private async Task StartPodAsync(Pod pod)
    {
        var phase = pod.Spec.Containers[0].Image switch { "succeeds" => "Succeeded", "fails" => "Failed", _ => "Running" };
        var ready = new PodCondition { Type = "Ready", Status = phase == "Running" ? "True" : "False", LastTransitionTime = DateTimeOffset.UtcNow };
        try
        {
            await Client.UpdateStatusAsync(pod with { Status = pod.Status with { Phase = phase, Conditions = [ready] } }, null, _stop.Token);
        }
        catch (Exception e) when (e is ApiException { IsConflict: true } or ApiException { IsNotFound: true } or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Changed meanwhile: its change brings it back here. Or the test is over.
        }
    }

    private sealed class TestSigner : ICertificateSigner
    {
        public string Sign(string requestPem, CertificatePurpose purpose, TimeSpan lifetime) => $"{(purpose.Client ? "client" : "server")} for {lifetime}";
    }
}
