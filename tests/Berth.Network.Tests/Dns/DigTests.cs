using System.Net;
using Berth.Linux.Processes;
using Berth.Network.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.Dns;

/// <summary>What BIND's client makes of our answers: it complains about malformed ones, and sends what resolvers send (EDNS, cookies).</summary>
public sealed class DigTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private DnsServer _server = null!;
    private IPEndPoint _address = null!;
    private Task _running = null!;

    public ValueTask InitializeAsync()
    {
        if (ProcessRunner.Find("dig") is null)
            Assert.Skip("dig is not installed");
        var many = Enumerable.Range(1, 200).Select(i => new DnsEndpoint(new IPAddress([10, 42, 0, (byte)i]), $"m-{i}", true, [new DnsPort("x", "TCP", 1)]));
        DnsService[] services =
        [
            new("default", "web") { ClusterIps = [IPAddress.Parse("10.96.0.20"), IPAddress.Parse("fd00::20")], Ports = [new DnsPort("http", "TCP", 80)] },
            new("default", "many") { Headless = true, Endpoints = [.. many] },
        ];
        _server = new DnsServer(
            DnsRecords.Empty("cluster.local").With(1, services.Select(s => KeyValuePair.Create((s.Namespace, s.Name), (DnsService?)s))),
            new DnsForwarder(new DnsForwarderOptions { Servers = [new IPEndPoint(IPAddress.Loopback, 1)], AttemptsMax = 1 }), NullLogger.Instance);
        _address = _server.Listen(IPAddress.Loopback, 0, 0);
        _running = _server.RunAsync(_stop.Token);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("web.default.svc.cluster.local A", "10.96.0.20")]
    [InlineData("WeB.default.svc.cluster.local AAAA", "fd00::20")]
    [InlineData("+tcp web.default.svc.cluster.local A", "10.96.0.20")]
    [InlineData("_http._tcp.web.default.svc.cluster.local SRV", "0 100 80 web.default.svc.cluster.local.")]
    [InlineData("-x 10.96.0.20", "web.default.svc.cluster.local.")]
    [InlineData("-x fd00::20", "web.default.svc.cluster.local.")]
    [InlineData("dns-version.cluster.local TXT", "\"1.1.0\"")]
    [InlineData("cluster.local NS", "ns.dns.cluster.local.")]
    [InlineData("nothing.default.svc.cluster.local A", "")]
    public async Task Dig_Short_PrintsTheAnswer(string question, string expected) =>
        Assert.Equal(expected, (await DigAsync("+short", question)).Trim());

    [Fact]
    public async Task Dig_OfEverything_FindsNothingMalformed()
    {
        foreach (var question in new[] { "web.default.svc.cluster.local A", "many.default.svc.cluster.local A", "many.default.svc.cluster.local SRV", "nothing.cluster.local A", "+noedns many.default.svc.cluster.local A", "www.example.com A", "cluster.local ANY", "+dnssec web.default.svc.cluster.local A" })
        {
            var text = await DigAsync("", question);
            // What dig has to say about the name "cluster.local" itself is no news.
            Assert.DoesNotContain("WARNING", text.Replace("WARNING: .local is reserved", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("malformed", text, StringComparison.Ordinal);
            Assert.DoesNotContain("mismatch", text, StringComparison.Ordinal);
        }
        // Truncated over UDP, so dig asks again over TCP by itself.
        Assert.Contains("ANSWER: 200", await DigAsync("", "many.default.svc.cluster.local A"), StringComparison.Ordinal);
        Assert.Contains("status: NXDOMAIN", await DigAsync("", "nothing.cluster.local A"), StringComparison.Ordinal);
        Assert.Contains("status: SERVFAIL", await DigAsync("", "www.example.com A"), StringComparison.Ordinal);
    }

    private Task<string> DigAsync(string option, string question) => ProcessRunner.RunAsync("dig",
        [.. new[] { $"@{_address.Address}", "-p", $"{_address.Port}", "+time=5", "+tries=1", option }.Where(a => a.Length > 0), .. question.Split(' ')],
        cancellation: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_running is not null)
            await _running;
        _server?.Dispose();
        _stop.Dispose();
    }
}
