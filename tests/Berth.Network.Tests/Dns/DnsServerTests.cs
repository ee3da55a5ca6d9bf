using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Berth.Network.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.Dns;

/// <summary>Over real sockets: one server in front of another, which plays the upstream.</summary>
public sealed class DnsServerTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<DnsServer> _servers = [];
    private readonly List<Task> _running = [];
    private readonly UpstreamServer _upstream = new();
    private IPEndPoint _server = null!;

    public ValueTask InitializeAsync()
    {
        _running.Add(_upstream.RunAsync(_stop.Token));
        _server = Start(_upstream.Address);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Query_OverUdpAndTcp_GetsTheSameAnswer()
    {
        var query = Query("web.default.svc.cluster.local", DnsType.A);
        foreach (var reply in new[] { await UdpAsync(_server, query), await TcpAsync(_server, query) })
        {
            Assert.Equal(query.Id, reply.Id);
            Assert.True(reply is { IsResponse: true, Authoritative: true, RecursionAvailable: true, Truncated: false, Rcode: DnsRcode.NoError });
            Assert.Equal(IPAddress.Parse("10.96.0.20"), Assert.IsType<AddressData>(Assert.Single(reply.Answers).Data).Address);
        }
    }

    [Fact]
    public async Task Query_WithManyAddresses_IsTruncatedOverUdpAndWholeOverTcp()
    {
        var query = Query("many.default.svc.cluster.local", DnsType.A);
        var udp = await UdpAsync(_server, query);
        Assert.True(udp.Truncated);
        Assert.InRange(udp.Answers.Length, 20, 32);
        var edns = await UdpAsync(_server, Query("many.default.svc.cluster.local", DnsType.A, new DnsEdns(4096)));
        Assert.True(edns.Truncated);
        Assert.InRange(edns.Answers.Length, 60, 75);
        Assert.Equal(DnsMessage.EdnsBytesMax, edns.Edns!.Value.UdpPayloadBytes);
        var tcp = await TcpAsync(_server, query);
        Assert.False(tcp.Truncated);
        Assert.Equal(200, tcp.Answers.Length);
    }

    [Fact]
    public async Task Query_WithSeveralAddresses_StartsWithEachInTurn()
    {
        var first = new HashSet<DnsData>();
        for (var i = 0; i < 3; i++)
            first.Add((await UdpAsync(_server, Query("three.default.svc.cluster.local", DnsType.A))).Answers[0].Data);
        Assert.Equal(3, first.Count);
    }

    [Fact]
    public async Task Query_OutsideTheZone_IsForwardedOnceAndKept()
    {
        var query = Query("www.example.com", DnsType.A);
        var first = await UdpAsync(_server, query);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.IsType<AddressData>(Assert.Single(first.Answers).Data).Address);
        Assert.Null(first.Edns);
        // Another case, id and EDNS: the same kept answer, with the asker's own details.
        var second = await UdpAsync(_server, Query("WWW.example.COM", DnsType.A, new DnsEdns(1232)) );
        Assert.Equal("WWW.example.COM", second.Questions[0].Name.ToString());
        Assert.Equal(first.Answers, second.Answers.Select(a => a with { Ttl = first.Answers[0].Ttl }));
        Assert.NotNull(second.Edns);
        Assert.Equal(1, _upstream.CountOf("www.example.com"));
    }

    [Fact]
    public async Task Query_ThatUpstreamDenies_IsNxDomainAndKept()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal(DnsRcode.NxDomain, (await UdpAsync(_server, Query("denied.example.com", DnsType.A))).Rcode);
        Assert.Equal(1, _upstream.CountOf("denied.example.com"));
    }

    [Fact]
    public async Task Query_ThatUpstreamTruncates_IsAskedAgainOverTcp()
    {
        var reply = await TcpAsync(_server, Query("large.example.com", DnsType.A));
        Assert.False(reply.Truncated);
        Assert.Equal(200, reply.Answers.Length);
        // Our own client over UDP gets the question with the TC bit, nothing cut in the middle.
        var udp = await UdpAsync(_server, Query("large.example.com", DnsType.A));
        Assert.True(udp.Truncated);
        Assert.Empty(udp.Answers);
    }

    [Fact]
    public async Task Query_OfExternalName_IsCompletedUpstream()
    {
        var reply = await UdpAsync(_server, Query("outside.default.svc.cluster.local", DnsType.A));
        Assert.Equal([DnsType.CNAME, DnsType.A], reply.Answers.Select(a => a.Type));
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.IsType<AddressData>(reply.Answers[1].Data).Address);
    }

    [Fact]
    public async Task Query_OfExternalNameInsideTheCluster_IsCompletedHere()
    {
        var reply = await UdpAsync(_server, Query("chain.default.svc.cluster.local", DnsType.A));
        Assert.Equal([DnsType.CNAME, DnsType.A], reply.Answers.Select(a => a.Type));
        Assert.Equal(IPAddress.Parse("10.96.0.20"), Assert.IsType<AddressData>(reply.Answers[1].Data).Address);
    }

    [Fact]
    public async Task Query_WhileUpstreamIsSilent_TriesTheNextThenFailsInBoundedTime()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var silentAddress = (IPEndPoint)silent.LocalEndPoint!;

        var withSecond = Start(silentAddress, _upstream.Address);
        Assert.Equal(DnsRcode.NoError, (await UdpAsync(withSecond, Query("www.example.com", DnsType.A))).Rcode);

        var alone = Start(silentAddress);
        Assert.Equal(DnsRcode.ServFail, (await UdpAsync(alone, Query("www.example.com", DnsType.A))).Rcode);
        // Cluster names do not wait for it.
        Assert.Equal(DnsRcode.NoError, (await UdpAsync(alone, Query("web.default.svc.cluster.local", DnsType.A))).Rcode);
    }

    [Fact]
    public async Task Query_ThatIsNone_GetsTheRightError()
    {
        var noQuestion = new DnsMessage { Id = 9, RecursionDesired = true };
        Assert.Equal(DnsRcode.FormErr, (await UdpAsync(_server, noQuestion)).Rcode);
        var notify = new DnsMessage { Id = 9, Opcode = 4, Questions = [new DnsQuestion(DnsName.Parse("a"), DnsType.A)] };
        Assert.Equal(DnsRcode.NotImp, (await UdpAsync(_server, notify)).Rcode);
        var chaos = new DnsMessage { Id = 9, Questions = [new DnsQuestion(DnsName.Parse("version.bind"), DnsType.TXT, DnsClass.CH)] };
        Assert.Equal(DnsRcode.Refused, (await UdpAsync(_server, chaos)).Rcode);
        var newer = Query("web.default.svc.cluster.local", DnsType.A, new DnsEdns(1232, false, 1));
        Assert.Equal(DnsRcode.BadVers, (await UdpAsync(_server, newer)).Rcode);
        var broken = Query("web.default.svc.cluster.local", DnsType.A).ToBytes()[..20];
        Assert.Equal(DnsRcode.FormErr, DnsMessage.Parse(await UdpAsync(_server, broken)).Rcode);
    }

    [Fact]
    public void Respond_ToAnswersAndScraps_StaysSilent()
    {
        var server = _servers[0];
        var reply = new byte[512];
        Assert.Equal(0, server.Respond(new DnsMessage { IsResponse = true }.ToBytes(), reply, isTcp: false, out var pending));
        Assert.Equal(0, server.Respond([1, 2, 3], reply, isTcp: false, out pending));
        Assert.Null(pending);
    }

    [Fact]
    public async Task Connection_WithSeveralQueries_GetsAllAnswers()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        for (var i = 0; i < 3; i++)
        {
            await DnsStream.WriteAsync(stream, Query("web.default.svc.cluster.local", DnsType.A).ToBytes(), TestContext.Current.CancellationToken);
            Assert.NotNull(await DnsStream.ReadAsync(stream, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Listen_OnTakenPort_TakesTheNext()
    {
        using var second = new DnsServer(TestRecords(), null, NullLogger.Instance);
        var bound = second.Listen(IPAddress.Loopback, _server.Port, 0, 0);
        Assert.NotEqual(_server.Port, bound.Port);
        Assert.Throws<IOException>(() => second.Listen(IPAddress.Loopback, _server.Port));
    }

    private IPEndPoint Start(params IPEndPoint[] upstream)
    {
        var forwarder = new DnsForwarder(new DnsForwarderOptions { Servers = [.. upstream], AttemptTimeout = TimeSpan.FromMilliseconds(300), AttemptsMax = 2 });
        var server = new DnsServer(TestRecords(), forwarder, NullLogger.Instance);
        var bound = server.Listen(IPAddress.Loopback, 0, 0, 0);
        _servers.Add(server);
        _running.Add(server.RunAsync(_stop.Token));
        return bound;
    }

    private static DnsRecords TestRecords() => DnsRecords.Empty("cluster.local").With(1, new DnsService[]
    {
        new("default", "web") { ClusterIps = [IPAddress.Parse("10.96.0.20")] },
        new("default", "many") { Headless = true, Endpoints = Endpoints(200) },
        new("default", "three") { Headless = true, Endpoints = Endpoints(3) },
        new("default", "outside") { ExternalName = "www.example.com" },
        new("default", "chain") { ExternalName = "web.default.svc.cluster.local" },
    }.Select(s => KeyValuePair.Create((s.Namespace, s.Name), (DnsService?)s)));

    private static ImmutableArray<DnsEndpoint> Endpoints(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new DnsEndpoint(new IPAddress([10, 42, 0, (byte)i]), "", true, []))];

    internal static DnsMessage Query(string name, DnsType type, DnsEdns? edns = null) => new()
    {
        Id = (ushort)Random.Shared.Next(65536),
        RecursionDesired = true,
        Questions = [new DnsQuestion(DnsName.Parse(name), type)],
        Edns = edns,
    };

    internal static async Task<DnsMessage> UdpAsync(IPEndPoint server, DnsMessage query) => DnsMessage.Parse(await UdpAsync(server, query.ToBytes()));

    private static async Task<byte[]> UdpAsync(IPEndPoint server, byte[] query)
    {
        using var client = new UdpClient();
        client.Connect(server);
        await client.SendAsync(query, TestContext.Current.CancellationToken);
        return (await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10))).Buffer;
    }

    private static async Task<DnsMessage> TcpAsync(IPEndPoint server, DnsMessage query)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server, TestContext.Current.CancellationToken);
        await DnsStream.WriteAsync(client.GetStream(), query.ToBytes(), TestContext.Current.CancellationToken);
        var reply = await DnsStream.ReadAsync(client.GetStream(), TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        return DnsMessage.Parse(reply!);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _servers.ForEach(s => s.Dispose());
        _upstream.Dispose();
        _stop.Dispose();
    }
}
