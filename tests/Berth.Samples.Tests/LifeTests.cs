using System.Text.Json.Nodes;

namespace Berth.Samples.Tests;

/// <summary>A Berth's own life: killed and started again, purged.</summary>
[Collection("berth")]
public sealed class LifeTests : IAsyncDisposable
{
    private BerthInstance? _berth;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_ThenUp_FindsThePodsAsTheyWere()
    {
        var berth = await StartAsync(port: 7654, range: 74);
        var before = await ContainersAsync(berth);
        Assert.Equal(6, before.Count);
        var address = (await berth.KubectlAsync(Cancellation, "get", "pods", "-l", "app=web", "-o", "jsonpath={.items[0].status.podIP}")).Trim();

        await berth.KillAsync(Cancellation);
        using (var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) })
            Assert.Contains("Served by Berth", await http.GetStringAsync(new Uri($"http://{address}/"), Cancellation), StringComparison.Ordinal);

        await berth.UpAsync(demo: false, Cancellation);
        Assert.Contains("Served by Berth", await berth.KubectlAsync(Cancellation, "exec", "members-1", "--", "wget", "-qO-", "http://web"), StringComparison.Ordinal);
        // Controllers, scheduler and node work again, and leave alone what runs.
        await berth.KubectlAsync(Cancellation, "scale", "deployment/web", "--replicas=4");
        await berth.KubectlAsync(Cancellation, "rollout", "status", "deployment/web", "--timeout=100s");
        var after = await ContainersAsync(berth);
        Assert.Equal(before.Order(), after.Where(c => before.Any(b => b.Pod == c.Pod)).Order());
        Assert.Equal(before.Count + 1, after.Count);
    }

    [Fact]
    public async Task Purge_OfABerthWithPods_LeavesNothing()
    {
        var berth = await StartAsync(port: 7655, range: 76);
        var namespaces = Leftovers.NetworkNamespaces(berth.DataDirectory);
        var ports = Leftovers.BridgePorts(berth.DataDirectory);
        Assert.True(namespaces.Count >= 6, $"six pods have namespaces of their own, found: {string.Join(' ', namespaces)}");
        Assert.True(ports.Count >= 6, $"six pods have interfaces on the bridge, found: {string.Join(' ', ports)}");
        // What is not seen while it is there would not be missed either.
        var there = await Leftovers.OfAsync(berth.DataDirectory, namespaces, ports, Cancellation);
        foreach (var sort in new[] { "process", "mount", "interface", "nftables", "cgroup", "file" })
            Assert.Contains(there, l => l.StartsWith(sort + ":", StringComparison.Ordinal));

        await berth.PurgeAsync(Cancellation);
        Assert.Empty(await Leftovers.OfAsync(berth.DataDirectory, namespaces, ports, Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        if (_berth is null)
            return;
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(await _berth.SituationAsync(CancellationToken.None));
        if (Directory.Exists(_berth.DataDirectory))
            await _berth.PurgeAsync(CancellationToken.None);
    }

    private async Task<BerthInstance> StartAsync(int port, int range)
    {
        Assert.SkipWhen(BerthInstance.CannotRun is not null, BerthInstance.CannotRun ?? "");
        _berth = new BerthInstance(port, range);
        await _berth.UpAsync(demo: true, Cancellation);
        return _berth;
    }

    // Of the long-running pods.
    private static async Task<IReadOnlyList<(string Pod, string Container, int Restarts, string StartedAt)>> ContainersAsync(BerthInstance berth)
    {
        var pods = JsonNode.Parse(await berth.KubectlAsync(Cancellation, "get", "pods", "-l", "app in (web,members)", "-o", "json"))!;
        return [.. pods["items"]!.AsArray().Select(p =>
        {
            var status = p!["status"]!["containerStatuses"]![0]!;
            return ((string)p["metadata"]!["name"]!, (string)status["containerID"]!, (int)status["restartCount"]!, (string?)status["state"]!["running"]?["startedAt"] ?? "not running");
        })];
    }
}
