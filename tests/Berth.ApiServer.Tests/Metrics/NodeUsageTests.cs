using System.Globalization;
using System.Text;
using Berth.ApiServer.Metrics;

namespace Berth.ApiServer.Tests.Metrics;

public sealed class NodeUsageTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Usage_TwoSamples_IsTheMeanBetweenThem()
    {
        var usage = NodeUsage.Empty.After(Scrape(100, 10, 5)).After(Scrape(115, 13, 7));
        Assert.Equal(0.2, usage.Node!.Value.Cores, 6);
        var (container, of) = Assert.Single(usage.Pod("ns", "p")!);
        Assert.Equal("c", container);
        Assert.Equal(2 / 15.0, of.Cores, 6);
        Assert.Equal(TimeSpan.FromSeconds(15), of.Window);
        Assert.Equal(4096, of.MemoryBytes);
    }

    [Fact]
    public void Usage_OneSample_IsUnknown()
    {
        var usage = NodeUsage.Empty.After(Scrape(100, 10, 5));
        Assert.Null(usage.Node);
        Assert.Null(usage.Pod("ns", "p"));
    }

    [Fact]
    public void Usage_SameMeasurementTwice_KeepsTheOneBefore()
    {
        var usage = NodeUsage.Empty.After(Scrape(100, 10, 5)).After(Scrape(115, 13, 7)).After(Scrape(115, 13, 7));
        Assert.Equal(0.2, usage.Node!.Value.Cores, 6);
    }

    [Fact]
    public void Usage_ContainerBeganAnew_CountsFromItsStart()
    {
        var usage = NodeUsage.Empty.After(Scrape(100, 10, 50)).After(Scrape(130, 13, 6, started: 110));
        Assert.Equal(6 / 20.0, Assert.Single(usage.Pod("ns", "p")!).Usage.Cores, 6);
    }

    [Fact]
    public void Usage_ContainerIsYoung_PodIsUnknown()
    {
        var usage = NodeUsage.Empty.After(Scrape(100, 10, 50)).After(Scrape(130, 13, 6, started: 125));
        Assert.Null(usage.Pod("ns", "p"));
    }

    [Fact]
    public void Usage_PodIsGone_IsForgotten()
    {
        var usage = NodeUsage.Empty.After(Scrape(100, 10, 5)).After(NodeScrape.Parse("node_cpu_usage_seconds_total 11\n"u8, s_start.AddSeconds(115)));
        Assert.Null(usage.Pod("ns", "p"));
        Assert.Null(usage.Node);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("container_cpu_usage_seconds_total{container=\"c\"")]
    [InlineData("container_cpu_usage_seconds_total{container=\"c\",pod=\"p\"} 1\n")]
    [InlineData("container_cpu_usage_seconds_total{container=\"c\",namespace=\"n\",pod=\"p} x\n{} 1\n")]
    [InlineData("node_cpu_usage_seconds_total NaNa\n{")]
    public void Parse_Garbage_IsPassedOver(string text)
    {
        var scrape = NodeScrape.Parse(Encoding.UTF8.GetBytes(text), s_start);
        Assert.Null(scrape.Node);
        Assert.Empty(scrape.Pods);
    }

    private static NodeScrape Scrape(double at, double nodeCpu, double podCpu, double? started = null)
    {
        var milliseconds = s_start.AddSeconds(at).ToUnixTimeMilliseconds();
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            # HELP container_cpu_usage_seconds_total Cumulative cpu time
            container_cpu_usage_seconds_total{container="c",namespace="ns",pod="p"} {{podCpu}} {{milliseconds}}
            container_memory_working_set_bytes{container="c",namespace="ns",pod="p"} 4096 {{milliseconds}}
            node_cpu_usage_seconds_total {{nodeCpu}} {{milliseconds}}
            node_memory_working_set_bytes 1e+09 {{milliseconds}}
            pod_cpu_usage_seconds_total{namespace="ns",pod="p"} 99 {{milliseconds}}

            """);
        if (started is { } since)
            text += string.Create(CultureInfo.InvariantCulture, $"container_start_time_seconds{{container=\"c\",namespace=\"ns\",pod=\"p\"}} {s_start.AddSeconds(since).ToUnixTimeMilliseconds() / 1e3}\n");
        return NodeScrape.Parse(Encoding.UTF8.GetBytes(text), s_start);
    }
}
