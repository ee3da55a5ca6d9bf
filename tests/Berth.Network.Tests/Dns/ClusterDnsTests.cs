using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;
using Berth.Client.Informers;
using Berth.Network.Dns;
using Berth.Network.Tests.Lab;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.Dns;

/// <summary>From the API to the answers.</summary>
public sealed class ClusterDnsTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly FakeCluster _cluster = new();
    private ClusterDns _dns = null!;
    private IPEndPoint _address = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster.Put(new Namespace { Metadata = new ObjectMeta { Name = "default" } });
        _cluster.Put(Headless);
        var informers = new InformerFactory(_cluster);
        _dns = new ClusterDns(informers, new ClusterDnsOptions
        {
            ServiceAddress = IPAddress.Parse("10.96.0.10"),
            ListenAddress = IPAddress.Loopback,
            ListenPorts = [0, 0, 0],
        }, NullLogger<ClusterDns>.Instance);
        _address = _dns.Listen();
        _running.Add(informers.RunAsync(_stop.Token));
        _running.Add(_dns.RunAsync(_stop.Token));
        await _dns.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task StatefulPod_ComingAndGoing_IsFoundByItsName()
    {
        Assert.Equal(DnsRcode.NxDomain, (await AskAsync("db-0.db.default.svc.cluster.local")).Rcode);
        _cluster.Put(Slice("db-x", ("10.42.0.7", "db-0", true), ("10.42.0.8", "db-1", false)));
        var answer = await Eventually.Become(() => AskAsync("db-0.db.default.svc.cluster.local"), a => a.Answers.Length > 0);
        Assert.Equal(new AddressData(IPAddress.Parse("10.42.0.7")), answer.Answers[0].Data);
        Assert.Equal(DnsRcode.NxDomain, (await AskAsync("db-1.db.default.svc.cluster.local")).Rcode);
        _cluster.Put(Slice("db-x", ("10.42.0.8", "db-1", true)));
        await Eventually.Become(() => AskAsync("db-0.db.default.svc.cluster.local"), a => a.Rcode == DnsRcode.NxDomain);
        Assert.Single((await AskAsync("db-1.db.default.svc.cluster.local")).Answers);
    }

    [Fact]
    public async Task Namespace_ComingAndGoing_ChangesWhatExists()
    {
        Assert.Equal(DnsRcode.NoError, (await AskAsync("default.svc.cluster.local")).Rcode);
        await _cluster.DeleteAsync<Namespace>(null, "default", ct: TestContext.Current.CancellationToken);
        await Eventually.Become(() => AskAsync("default.svc.cluster.local"), a => a.Rcode == DnsRcode.NxDomain);
    }

    [Fact]
    public async Task KubeDns_ThatSomebodyDeletes_IsMadeAgain()
    {
        var token = TestContext.Current.CancellationToken;
        await Eventually.Become(() => AskAsync("kube-dns.kube-system.svc.cluster.local"), a => a.Answers.Length == 1);
        var slice = await _cluster.GetAsync<EndpointSlice>("kube-system", "kube-dns", ct: token);
        Assert.Equal("127.0.0.1", slice.Endpoints[0].Addresses[0]);
        Assert.Equal([_address.Port, _address.Port], slice.Ports.Select(p => p.Port!.Value));
        await _cluster.DeleteAsync<Service>("kube-system", "kube-dns", ct: token);
        await Eventually.Become(async () => (await _cluster.ListAsync<Service>(ct: token)).Items.Count, count => count == 2);
        await _cluster.DeleteAsync<EndpointSlice>("kube-system", "kube-dns", ct: token);
        await Eventually.Become(async () => (await _cluster.ListAsync<EndpointSlice>(ct: token)).Items.Count, count => count == 1);
    }

    [Fact]
    public async Task KubeDns_InPlace_IsNotWrittenAgain()
    {
        await Eventually.Become(() => AskAsync("kube-dns.kube-system.svc.cluster.local"), a => a.Answers.Length == 1);
        var writes = _cluster.Writes;
        _cluster.Put(Slice("db-x", ("10.42.0.7", "db-0", true)));
        await Eventually.Become(() => AskAsync("db-0.db.default.svc.cluster.local"), a => a.Answers.Length > 0);
        Assert.Equal(writes + 1, _cluster.Writes);
    }

    [Fact]
    public async Task StubZonesAndUpstreams_FromTheConfigMap_AreAskedAndTakenBack()
    {
        using var stub = new UpstreamServer();
        using var other = new UpstreamServer();
        using var stop = new CancellationTokenSource();
        var serving = Task.WhenAll(stub.RunAsync(stop.Token), other.RunAsync(stop.Token));
        // The first knows the names of its zone, the second all others; both answer the same, and count.
        Settings($$"""{"www.example.com": ["{{stub.Address}}"]}""", $$"""["{{other.Address}}"]""");
        await Eventually.Become(() => AskAsync("www.example.com"), a => a.Answers.Length == 1);
        Assert.Equal(1, stub.CountOf("www.example.com"));
        await AskAsync("nothing.example.com");
        Assert.Equal(1, other.CountOf("nothing.example.com"));
        Assert.Equal(0, stub.CountOf("nothing.example.com"));
        // A negative answer is kept for a while too.
        Assert.Equal(DnsRcode.NxDomain, (await AskAsync("nothing.example.com")).Rcode);
        Assert.Equal(1, other.CountOf("nothing.example.com"));
        // Settings that cannot be read leave what can.
        Settings("no JSON", $$"""["{{stub.Address}}", "nowhere"]""");
        await Eventually.Become(async () =>
        {
            // A name of its own each time: an answer from before would be kept.
            var name = $"{Guid.NewGuid():N}.example.com";
            await AskAsync(name);
            return stub.CountOf(name);
        }, n => n == 1);
        await stop.CancelAsync();
        await serving;

        void Settings(string stubs, string upstreams) => _cluster.Put(new ConfigMap
        {
            Metadata = new ObjectMeta { Namespace = "kube-system", Name = "kube-dns" },
            Data = ApiMap.Of(("stubDomains", stubs), ("upstreamNameservers", upstreams)),
        });
    }

    private Task<DnsMessage> AskAsync(string name) => DnsServerTests.UdpAsync(_address, DnsServerTests.Query(name, DnsType.A));

    private static Service Headless => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = "db" },
        Spec = new ServiceSpec { Type = "ClusterIP", ClusterIP = "None", ClusterIPs = ["None"], Ports = [new ServicePort { Name = "sql", Port = 5432 }] },
    };

    private static EndpointSlice Slice(string name, params (string Address, string Hostname, bool Ready)[] endpoints) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name, Labels = ApiMap.Of(("kubernetes.io/service-name", "db")) },
        AddressType = "IPv4",
        Endpoints = [.. endpoints.Select(e => new Endpoint { Addresses = [e.Address], Hostname = e.Hostname, Conditions = new EndpointConditions { Ready = e.Ready } })],
        Ports = [new EndpointPort { Name = "sql", Protocol = "TCP", Port = 5432 }],
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _dns.Dispose();
    }
}
