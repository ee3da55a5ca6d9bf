using System.Globalization;
using System.Net;
using Berth.ApiServer.Metrics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.ApiServer.Tests.Metrics;

/// <summary>The metrics API over an agent that is asked for real, but answers from a script.</summary>
public sealed class MetricsApiTests
{
    [Fact]
    public async Task Discovery_Always_ServesNodesAndPods()
    {
        await using var server = await TestServer.StartAsync();
        var (_, body) = await server.GetAsync("/apis/metrics.k8s.io/v1beta1");
        Assert.Equal(["nodes", "pods"], body["resources"]!.AsArray().Select(r => r!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Pods_NothingMeasured_AreNotFound()
    {
        await using var server = await TestServer.StartAsync();
        var (code, body) = await server.GetAsync("/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/p");
        Assert.Equal(HttpStatusCode.NotFound, code);
        Assert.Contains("\"p\" not found", body["message"]!.GetValue<string>(), StringComparison.Ordinal);
        (_, body) = await server.GetAsync("/apis/metrics.k8s.io/v1beta1/nodes");
        Assert.Equal("NodeMetricsList", body["kind"]!.GetValue<string>());
        Assert.Empty(body["items"]!.AsArray());
    }

    [Fact]
    public async Task Collector_AgentAnswersThenFallsSilent_KeepsAndThenForgetsItsUsage()
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n"}}""");
        await server.PatchAsync("/api/v1/nodes/n/status", """{"status":{"addresses":[{"type":"InternalIP","address":"192.0.2.1"}]}}""");
        await server.Host.Services.Hub.WaitForLatestAsync(TestContext.Current.CancellationToken);
        using var agent = new ScriptedAgent();
        using var nodes = new HttpMessageInvoker(agent, disposeHandler: false);
        var collector = new UsageCollector(server.Host.Services, nodes, NullLogger.Instance);
        await collector.CollectAsync(TestContext.Current.CancellationToken);
        await collector.CollectAsync(TestContext.Current.CancellationToken);
        Assert.Equal("https://192.0.2.1:10250/metrics/resource", agent.Asked);
        Assert.Equal(0.5, collector.Of("n")!.Node!.Value.Cores, 6);
        agent.Silent = true;
        for (var i = 0; i < 4; i++)
            await collector.CollectAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(collector.Of("n"));
        await collector.CollectAsync(TestContext.Current.CancellationToken);
        Assert.Null(collector.Of("n"));
    }

    private sealed class ScriptedAgent : HttpMessageHandler
    {
        private int _round;

        public bool Silent { get; set; }

        public string Asked { get; private set; } = "";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Silent)
                throw new HttpRequestException("no answer");
            Asked = request.RequestUri!.ToString();
            _round++;
            var at = 1_800_000_000_000 + (_round * 10_000L);
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(string.Create(CultureInfo.InvariantCulture, $"node_cpu_usage_seconds_total {_round * 5} {at}\nnode_memory_working_set_bytes 5 {at}\n")),
            });
        }
    }
}
