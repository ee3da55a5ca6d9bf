using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Tests.Pki;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.ApiServer.Tests.Audit;

public sealed class AuditOutputTests
{
    private static readonly AuditPolicy s_policy = new([new AuditRule(AuditLevel.Metadata)]);

    [Fact]
    public async Task LogFile_TooLong_IsPutAsideAndOldOnesGo()
    {
        using var data = new DataDirectory();
        var time = new AdjustableTime(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var path = Path.Combine(data.Path, "log", "audit.log");
        using (var file = new AuditLogFile(new AuditOptions { Policy = s_policy, LogPath = path, LogBytesMax = 20, LogBackupsMax = 2, LogAgeMax = TimeSpan.FromDays(10) }, time))
        {
            await file.WriteAsync([Line("one"), Line("two"), Line("three")], TestContext.Current.CancellationToken);
            await file.WriteAsync([Line("four, alone longer than the limit")], TestContext.Current.CancellationToken);
            await file.WriteAsync([Line("five")], TestContext.Current.CancellationToken);
        }

        // Both moves fell into one second and one millisecond: the second took the next name.
        Assert.Equal("five\n", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal("one\ntwo\nthree\n", await File.ReadAllTextAsync(Path.Combine(data.Path, "log", "audit-2026-01-02T03-04-05.000.log"), TestContext.Current.CancellationToken));
        Assert.Equal("four, alone longer than the limit\n", await File.ReadAllTextAsync(Path.Combine(data.Path, "log", "audit-2026-01-02T03-04-05.001.log"), TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        time.Advance(TimeSpan.FromDays(11));
        using (new AuditLogFile(new AuditOptions { Policy = s_policy, LogPath = path, LogAgeMax = TimeSpan.FromDays(10) }, time))
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task LogFile_MoreBackupsThanAreKept_LosesTheOldest()
    {
        using var data = new DataDirectory();
        var path = Path.Combine(data.Path, "audit.log");
        using (var file = new AuditLogFile(new AuditOptions { Policy = s_policy, LogPath = path, LogBytesMax = 4, LogBackupsMax = 2 }, AdjustableTime.AtToday()))
            await file.WriteAsync([Line("1"), Line("22"), Line("333"), Line("444"), Line("555")], TestContext.Current.CancellationToken);

        var kept = Directory.GetFiles(data.Path).Order(StringComparer.Ordinal).Select(File.ReadAllText);
        Assert.Equal(["333\n", "444\n", "555\n"], kept);
    }

    [Fact]
    public async Task Queue_OutputThatHangs_LetsRequestsGoOnAndCountsWhatIsLost()
    {
        var counts = new AuditCounts();
        using var output = new HangingOutput();
        await using (var queue = new AuditQueue(output, counts, TimeProvider.System, NullLogger.Instance))
        {
            await queue.AddAsync(new byte[60 * 1024 * 1024]);
            await queue.AddAsync(new byte[60 * 1024 * 1024]).AsTask().WaitAsync(TestServer.Deadline, TestContext.Current.CancellationToken);
            output.Release.SetResult();
        }

        var text = new StringBuilder();
        counts.Render(text);
        Assert.Contains("apiserver_audit_error_total{plugin=\"log\"} 1\n", text.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, output.Written);
    }

    [Fact]
    public async Task Webhook_ThatIsBusyAtFirst_GetsTheBatchAsAList()
    {
        using var server = new Collector();
        using var transport = new HttpMessageInvoker(server);
        using var output = new AuditWebhookOutput(new AuditWebhook(transport, new Uri("https://audit.example/events")), TimeProvider.System);

        await output.WriteAsync([Line("""{"auditID":"a"}"""), Line("""{"auditID":"b"}""")], TestContext.Current.CancellationToken);

        Assert.Equal(2, server.Bodies.Count);
        Assert.Equal(server.Bodies[0], server.Bodies[1]);
        var list = JsonNode.Parse(server.Bodies[1])!;
        Assert.Equal("EventList", (string)list["kind"]!);
        Assert.Equal("audit.k8s.io/v1", (string)list["apiVersion"]!);
        Assert.Equal(["a", "b"], list["items"]!.AsArray().Select(i => (string)i!["auditID"]!));
    }

    private static byte[] Line(string text) => Encoding.UTF8.GetBytes(text + "\n");

    private sealed class HangingOutput : IAuditOutput
    {
        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Written { get; private set; }

        public string Name => AuditLogFile.OutputName;

        public int BatchMax => 1;

        public TimeSpan Linger => TimeSpan.Zero;

        public async Task WriteAsync(IReadOnlyList<byte[]> events, CancellationToken cancellation)
        {
            await Release.Task.WaitAsync(cancellation);
            Written += events.Count;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Answers the first request with 503.</summary>
    private sealed class Collector : HttpMessageHandler
    {
        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(Bodies.Count == 1 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
        }
    }
}
