using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Networking.V1;
using Berth.Client.Informers;
using Berth.TestKit;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;
using IngressObject = Berth.Api.Networking.V1.Ingress;
using IPAddress = System.Net.IPAddress;

namespace Berth.Ingress.Tests;

/// <summary>From Ingress objects to requests: real sockets, real TLS, servers as pods have them.</summary>
public sealed class IngressServerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeCluster _cluster = new();
    private readonly List<TestBackend> _backends = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private IngressServer _server = null!;
    private Task _running = Task.CompletedTask;

    private IPEndPoint Http => _server.EndPoints[0];

    private IPEndPoint Https => _server.EndPoints[1];

    public async ValueTask InitializeAsync()
    {
        _cluster.Put(new IngressClass { Metadata = new() { Name = "other" }, Spec = new() { Controller = "example.com/other" } });
        var informers = new InformerFactory(_cluster);
        _server = await IngressServer.StartAsync(
            informers,
            new IngressServerOptions
            {
                Http = [new IPEndPoint(IPAddress.Loopback, 0)],
                Https = [new IPEndPoint(IPAddress.Loopback, 0)],
                PublishedAddresses = [IPAddress.Parse("192.0.2.1")],
            },
            null, NullLoggerFactory.Instance, TimeProvider.System, _stop.Token);
        _running = Task.WhenAll(informers.RunAsync(_stop.Token), _server.RunAsync(_stop.Token));
        await _server.Ready.WaitAsync(TimeSpan.FromSeconds(10), _stop.Token);
        await Eventually(async () => (await _cluster.ListAsync<IngressClass>()).Items.Count, n => n == 2);
    }

    [Fact]
    public async Task Requests_OfHostsAndPaths_ReachTheirServices()
    {
        await ServeAsync("web");
        await ServeAsync("api");
        Put("main", Rule("web.example.com", ("/", "web"), ("/api", "api")), Rule("*.wild.example.com", ("/", "api")));
        await Eventually(() => GetAsync("web.example.com", "/"), a => a.StartsWith("web ", StringComparison.Ordinal));
        Assert.StartsWith("web HTTP/1.1 GET web.example.com /page?q=1 for=127.0.0.1 proto=http", await GetAsync("web.example.com", "/page?q=1"), StringComparison.Ordinal);
        Assert.StartsWith("api HTTP/1.1 GET web.example.com /api/v1", await GetAsync("web.example.com", "/api/v1"), StringComparison.Ordinal);
        Assert.StartsWith("api ", await GetAsync("a.wild.example.com", "/"), StringComparison.Ordinal);
        Assert.StartsWith("404 ", await GetAsync("other.example.com", "/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ingress_ServedByManyMachines_NamesThoseThatAreReady()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        List<IngressServer> servers = [];
        List<Task> running = [];
        // The class of the others: the one of this test's own server would overwrite what they say.
        foreach (var name in new[] { "n1", "n2" })
        {
            var informers = new InformerFactory(_cluster);
            servers.Add(await IngressServer.StartAsync(
                informers, new IngressServerOptions { Http = [new IPEndPoint(IPAddress.Loopback, 0)], Member = name, ClassName = "many" },
                null, NullLoggerFactory.Instance, TimeProvider.System, stop.Token));
            running.Add(informers.RunAsync(stop.Token));
            running.Add(servers[^1].RunAsync(stop.Token));
        }

        await _stop.CancelAsync();
        _cluster.Put(NodeOf("n1", "True", "192.0.2.11"));
        _cluster.Put(NodeOf("n2", "True", "192.0.2.12,2001:db8::12"));
        _cluster.Put(NodeOf("n3", "True", null));
        Put("main", Rule("web.example.com", ("/", "web")));
        await BecomeAsync("192.0.2.11", "192.0.2.12", "2001:db8::12");
        // The one that wrote goes: the next one takes over.
        _cluster.Put(NodeOf("n1", "Unknown", "192.0.2.11"));
        await BecomeAsync("192.0.2.12", "2001:db8::12");
        await stop.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        foreach (var server in servers)
            await server.DisposeAsync();

        Task BecomeAsync(params string[] expected) => Eventually(
            async () => string.Join(' ', (await _cluster.GetAsync<IngressObject>("default", "main")).Status.LoadBalancer.Ingress.Select(i => i.Ip)), a => a == string.Join(' ', expected));
    }

    private static Node NodeOf(string name, string ready, string? ingress) => new()
    {
        Metadata = new() { Name = name, Annotations = ingress is null ? [] : ApiMap.Of((IngressServerOptions.Announcement, ingress)) },
        Status = new() { Conditions = [new() { Type = "Ready", Status = ready }] },
    };

    [Fact]
    public async Task Ingress_OfAnotherClass_IsLeftAlone()
    {
        await ServeAsync("web");
        Put("mine", Rule("mine.example.com", ("/", "web")));
        _cluster.Put(new IngressObject
        {
            Metadata = new() { Namespace = "default", Name = "other" },
            Spec = new() { IngressClassName = "other", Rules = [Rule("other.example.com", ("/", "web"))] },
        });
        await Eventually(() => GetAsync("mine.example.com", "/"), a => a.StartsWith("web ", StringComparison.Ordinal));
        Assert.StartsWith("404 ", await GetAsync("other.example.com", "/"), StringComparison.Ordinal);
        Assert.Equal("192.0.2.1", (await Eventually(() => _cluster.GetAsync<IngressObject>("default", "mine"), i => !i.Status.LoadBalancer.Ingress.IsEmpty)).Status.LoadBalancer.Ingress[0].Ip);
        Assert.Empty((await _cluster.GetAsync<IngressObject>("default", "other", ct: TestContext.Current.CancellationToken)).Status.LoadBalancer.Ingress);
    }

    [Fact]
    public async Task DefaultBackend_GetsWhatNothingElseFits()
    {
        await ServeAsync("web");
        await ServeAsync("rest");
        var ingress = Ingress("main", Rule("web.example.com", ("/web", "web")));
        _cluster.Put(ingress with { Spec = ingress.Spec with { DefaultBackend = BackendOf("rest") } });
        await Eventually(() => GetAsync("nobody.example.com", "/"), a => a.StartsWith("rest ", StringComparison.Ordinal));
        Assert.StartsWith("rest ", await GetAsync("web.example.com", "/other"), StringComparison.Ordinal);
        Assert.StartsWith("web ", await GetAsync("web.example.com", "/web"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backend_WithoutEndpoints_IsUnavailableUntilThereAreSome()
    {
        var backend = await ServeAsync("web");
        PutSlice("web", new int[][] { [] });
        Put("main", Rule("", ("/", "web")));
        await Eventually(() => GetAsync("x", "/"), a => a.StartsWith("503 ", StringComparison.Ordinal));
        PutSlice("web", [backend.Port]);
        await Eventually(() => GetAsync("x", "/"), a => a.StartsWith("web ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoints_Several_ShareRequestsAndADeadOneCostsNone()
    {
        var first = await ServeAsync("web");
        var second = await TestBackend.StartAsync("second");
        _backends.Add(second);
        var dead = await TestBackend.StartAsync("dead");
        var deadPort = dead.Port;
        await dead.DisposeAsync();
        PutSlice("web", [first.Port], [second.Port], [deadPort]);
        Put("main", Rule("", ("/", "web")));
        await Eventually(() => GetAsync("x", "/"), a => !a.StartsWith("404", StringComparison.Ordinal));
        for (var i = 0; i < 30; i++)
            Assert.Matches("^(web|second) ", await GetAsync("x", "/"));
        Assert.InRange(first.Requests, 5, 30);
        Assert.InRange(second.Requests, 5, 30);
    }

    [Fact]
    public async Task Body_OfARequest_ArrivesWhole()
    {
        await ServeAsync("web");
        Put("main", Rule("", ("/", "web")));
        await Eventually(() => GetAsync("x", "/"), a => a.StartsWith("web ", StringComparison.Ordinal));
        var body = new string('b', 300_000);
        using var answer = await _client.PostAsync($"http://{Http}/upload", new StringContent(body), TestContext.Current.CancellationToken);
        Assert.EndsWith($"body={body}", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSocket_ThroughTheIngress_CarriesMessagesBothWays()
    {
        await ServeAsync("web");
        Put("main", Rule("", ("/", "web")));
        await Eventually(() => GetAsync("x", "/"), a => a.StartsWith("web ", StringComparison.Ordinal));
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{Http}/socket"), TestContext.Current.CancellationToken);
        for (var i = 0; i < 3; i++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes($"message {i}"), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
            var buffer = new byte[64];
            var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            Assert.Equal($"message {i}", Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Grpc_StreamsBothWaysAndEndsWithTrailers()
    {
        await ServeAsync("grpc", HttpProtocols.Http2, "kubernetes.io/h2c");
        PutSecret("tls", "grpc.example.com");
        _cluster.Put(WithTls(Ingress("main", Rule("grpc.example.com", ("/", "grpc"))), "tls", "grpc.example.com"));
        using var client = Secure("grpc.example.com", out _);
        await Eventually(async () => (await client.GetAsync("https://grpc.example.com/", TestContext.Current.CancellationToken)).StatusCode, s => s == HttpStatusCode.OK);
        var content = new StepContent { Headers = { ContentType = new("application/grpc") } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://grpc.example.com/stream") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{answer}");
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[64];
        for (var i = 0; i < 3; i++)
        {
            await content.SendAsync($"part {i}");
            var length = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.Equal($"part {i}", Encoding.UTF8.GetString(buffer, 0, length));
        }
        content.Finish();
        Assert.Equal(0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken));
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Tls_ByName_ShowsEachItsCertificateAndReloadsWithoutDroppingConnections()
    {
        var backend = await ServeAsync("web");
        PutSecret("a", "a.example.com");
        PutSecret("w", "*.w.example.com");
        _cluster.Put(WithTls(WithTls(Ingress("main", Rule("", ("/", "web"))), "a", "a.example.com"), "w", "*.w.example.com"));
        using var a = Secure("a.example.com", out var seenByA);
        await Eventually(async () =>
        {
            await GetSecureAsync(a, "a.example.com", "/");
            return seenByA();
        }, c => c == "CN=a.example.com");
        using var w = Secure("x.w.example.com", out var seenByW);
        Assert.StartsWith("web HTTP/1.1 GET x.w.example.com / for=127.0.0.1 proto=https", await GetSecureAsync(w, "x.w.example.com", "/"), StringComparison.Ordinal);
        Assert.Equal("CN=*.w.example.com", seenByW());
        using var unknown = Secure("unknown.example.com", out var seenByUnknown);
        await GetSecureAsync(unknown, "unknown.example.com", "/");
        Assert.StartsWith("CN=Berth ingress has no certificate", seenByUnknown(), StringComparison.Ordinal);

        // A request that is under way while the certificate changes ends on the connection that it began on.
        using var held = Secure("a.example.com", out _);
        var waiting = GetSecureAsync(held, "a.example.com", "/wait");
        await Eventually(() => Task.FromResult(backend.Requests), _ => true);
        PutSecret("a", "a.example.com", "CN=renewed");
        await Eventually(async () =>
        {
            using var fresh = Secure("a.example.com", out var seen);
            await GetSecureAsync(fresh, "a.example.com", "/");
            return seen();
        }, c => c == "CN=renewed");
        Assert.False(waiting.IsCompleted);
        backend.Released.SetResult();
        Assert.StartsWith("web ", await waiting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_WithoutACertificate_HurtsNothingElse()
    {
        await ServeAsync("web");
        _cluster.Put(new Secret { Metadata = new() { Namespace = "default", Name = "bad" }, Type = "kubernetes.io/tls", Data = Keys("no", "no") });
        PutSecret("good", "good.example.com");
        _cluster.Put(WithTls(WithTls(Ingress("main", Rule("", ("/", "web"))), "bad", "bad.example.com"), "good", "good.example.com"));
        using var good = Secure("good.example.com", out var seen);
        await Eventually(async () =>
        {
            await GetSecureAsync(good, "good.example.com", "/");
            return seen();
        }, c => c == "CN=good.example.com");
    }

    private async Task<TestBackend> ServeAsync(string name, HttpProtocols protocols = HttpProtocols.Http1, string? appProtocol = null)
    {
        var backend = await TestBackend.StartAsync(name, protocols);
        _backends.Add(backend);
        _cluster.Put(new Service
        {
            Metadata = new() { Namespace = "default", Name = name },
            Spec = new() { ClusterIP = "10.0.0.1", Ports = [new() { Name = "http", Port = 80, Protocol = "TCP", AppProtocol = appProtocol }] },
        });
        PutSlice(name, [backend.Port]);
        return backend;
    }

    // A slice has its ports for all its endpoints: servers on other ports need slices of their own.
    private void PutSlice(string service, params int[][] ports)
    {
        for (var i = 0; i < ports.Length; i++)
        {
            _cluster.Put(new EndpointSlice
            {
                Metadata = new() { Namespace = "default", Name = $"{service}-{i}", Labels = ApiMap.Of(("kubernetes.io/service-name", service)) },
                AddressType = "IPv4",
                Endpoints = ports[i].Length == 0 ? [] : [new() { Addresses = ["127.0.0.1"], Conditions = new() { Ready = true } }],
                Ports = [.. ports[i].Select(p => new EndpointPort { Name = "http", Protocol = "TCP", Port = p })],
            });
        }
    }

    private IngressObject Put(string name, params IngressRule[] rules)
    {
        var ingress = Ingress(name, rules);
        _cluster.Put(ingress);
        return ingress;
    }

    private static IngressObject Ingress(string name, params IngressRule[] rules) => new()
    {
        Metadata = new() { Namespace = "default", Name = name },
        Spec = new() { IngressClassName = "berth", Rules = [.. rules] },
    };

    private static IngressObject WithTls(IngressObject ingress, string secret, string host) =>
        ingress with { Spec = ingress.Spec with { Tls = ingress.Spec.Tls.Add(new IngressTLS { SecretName = secret, Hosts = [host] }) } };

    private static IngressRule Rule(string host, params (string Path, string Service)[] paths) => new()
    {
        Host = host,
        Http = new() { Paths = [.. paths.Select(p => new HTTPIngressPath { Path = p.Path, PathType = "Prefix", Backend = BackendOf(p.Service) })] },
    };

    private static IngressBackend BackendOf(string service) => new() { Service = new() { Name = service, Port = new() { Number = 80 } } };

    private void PutSecret(string name, string host, string? subject = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject ?? $"CN={host}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _cluster.Put(new Secret
        {
            Metadata = new() { Namespace = "default", Name = name },
            Type = "kubernetes.io/tls",
            Data = Keys(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem()),
        });
    }

    private static ApiMap<ByteString> Keys(string certificate, string key) =>
        ApiMap<ByteString>.Empty.With("tls.crt", new ByteString(Encoding.ASCII.GetBytes(certificate))).With("tls.key", new ByteString(Encoding.ASCII.GetBytes(key)));

    private async Task<string> GetAsync(string host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{Http}{path}");
        request.Headers.Host = host;
        return await SendAsync(_client, request);
    }

    private static async Task<string> GetSecureAsync(HttpClient client, string host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{host}{path}");
        return await SendAsync(client, request);
    }

    private static async Task<string> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? text : $"{(int)answer.StatusCode} {text}";
    }

    // Connects to the ingress whatever the name, and notes what certificate it is shown.
    private HttpClient Secure(string host, out Func<string> seen)
    {
        var subject = "";
        seen = () => subject;
        return new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.Zero,
            ConnectCallback = async (_, token) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                await socket.ConnectAsync(Https, token);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                TargetHost = host,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    subject = certificate!.Subject;
                    return true;
                },
            },
        });
    }

    private static async Task<T> Eventually<T>(Func<Task<T>> ask, Func<T, bool> expected)
    {
        var deadline = DateTime.UtcNow.AddSeconds(10);
        while (true)
        {
            var answer = await ask();
            if (expected(answer))
                return answer;
            if (DateTime.UtcNow > deadline)
                Assert.Fail($"still: {answer}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var backend in _backends)
        {
            backend.Released.TrySetResult();
            await backend.DisposeAsync();
        }
        await _running;
        await _server.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>A request body that is written bit by bit.</summary>
    private sealed class StepContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task SendAsync(string text)
        {
            var stream = await _stream.Task;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
            await stream.FlushAsync();
        }

        public void Finish() => _finished.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _stream.SetResult(stream);
            await _finished.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
