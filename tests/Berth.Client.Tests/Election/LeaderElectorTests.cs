using System.Net;
using System.Text;
using Berth.Api;
using Berth.Api.Coordination.V1;
using Berth.Client.Election;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Client.Tests.Election;

public class LeaderElectorTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Run_TwoCandidates_OneAtATimeAndThenTheOther()
    {
        using var server = new LeaseServer();
        var running = 0;
        var most = 0;
        using var stopFirst = new CancellationTokenSource();
        var firstLeads = new TaskCompletionSource();
        var secondLeads = new TaskCompletionSource();
        async Task Work(TaskCompletionSource leads, CancellationToken ct)
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            leads.SetResult();
            await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref running);
        }

        var first = Elector(server, "first").RunAsync(ct => Work(firstLeads, ct), stopFirst.Token);
        await firstLeads.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        using var stopSecond = new CancellationTokenSource();
        var second = Elector(server, "second").RunAsync(ct => Work(secondLeads, ct), stopSecond.Token);
        await server.AskedAsync("second", 3).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.False(secondLeads.Task.IsCompleted);
        await stopFirst.CancelAsync();
        Assert.True(await first.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        // The first gave the lease back: the second need not wait until it runs out.
        await secondLeads.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, most);
        Assert.Equal("second", server.Lease!.Spec!.HolderIdentity);
        await stopSecond.CancelAsync();
        await second.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Run_AnotherTakesTheLease_StopsTheWork()
    {
        using var server = new LeaseServer();
        var leads = new TaskCompletionSource();
        var ended = false;
        var run = Elector(server, "mine").RunAsync(
            async ct =>
            {
                leads.SetResult();
                await Task.Delay(Timeout.Infinite, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ended = true;
            },
            TestContext.Current.CancellationToken);
        await leads.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        server.Take("thief");
        Assert.False(await run.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        Assert.True(ended);
    }

    private static LeaderElector Elector(LeaseServer server, string identity) => new(
        new ClusterClient(new HttpMessageInvoker(server, disposeHandler: false), new Uri("http://cluster/"), identity),
        new ElectionOptions
        {
            Name = "test",
            Identity = identity,
            // Long enough that a busy machine does not lose it, and far longer than the test may take to hand over.
            LeaseDuration = TimeSpan.FromSeconds(60),
            RenewDeadline = TimeSpan.FromSeconds(40),
            RetryPeriod = TimeSpan.FromMilliseconds(20),
        },
        TimeProvider.System,
        NullLogger.Instance);

    /// <summary>An API server that knows one Lease, and refuses writes on an old version of it.</summary>
    private sealed class LeaseServer : HttpMessageHandler
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, int> _asked = new(StringComparer.Ordinal);
        private int _version;

        public Lease? Lease { get; private set; }

        public void Take(string identity)
        {
            lock (_gate)
                Put(Lease! with { Spec = Lease!.Spec! with { HolderIdentity = identity } });
        }

        public async Task AskedAsync(string agent, int times)
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_asked.GetValueOrDefault(agent) >= times)
                        return;
                }

                await Task.Delay(10);
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var sent = request.Content is null ? null : ApiJson.Deserialize<Lease>(await request.Content.ReadAsByteArrayAsync(cancellationToken));
            lock (_gate)
            {
                var agent = request.Headers.UserAgent.ToString();
                foreach (var name in new[] { "first", "second", "mine" })
                {
                    if (agent.Contains(name, StringComparison.Ordinal))
                        _asked[name] = _asked.GetValueOrDefault(name) + 1;
                }

                if (request.Method == HttpMethod.Post)
                    return Lease is null ? Answer(Put(sent!)) : Refuse(HttpStatusCode.Conflict, "AlreadyExists");
                if (Lease is null)
                    return Refuse(HttpStatusCode.NotFound, "NotFound");
                if (request.Method == HttpMethod.Put)
                    return sent!.Metadata.ResourceVersion == Lease.Metadata.ResourceVersion ? Answer(Put(sent)) : Refuse(HttpStatusCode.Conflict, "Conflict");
                return Answer(Lease);
            }
        }

        private Lease Put(Lease lease) =>
            Lease = lease with { Metadata = lease.Metadata with { ResourceVersion = (++_version).ToString(System.Globalization.CultureInfo.InvariantCulture) } };

        private static HttpResponseMessage Answer(Lease lease) => new(HttpStatusCode.OK)
        {
            Content = new ByteArrayContent(ApiJson.Serialize(lease)) { Headers = { ContentType = new("application/json") } },
        };

        private static HttpResponseMessage Refuse(HttpStatusCode code, string reason) => new(code)
        {
            Content = new StringContent($$"""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"{{reason}}","code":{{(int)code}},"message":"{{reason}}"}""", Encoding.UTF8, "application/json"),
        };
    }
}
