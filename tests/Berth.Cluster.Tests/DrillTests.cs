using System.Globalization;

namespace Berth.Cluster.Tests;

/// <summary>
/// A stateful sample on three nodes keeps what it acknowledged while one node loses its power, another its network, one is drained,
/// and the set is restarted and scaled out. A client on the one node that nothing happens to writes all along.
/// </summary>
/// <remarks>
/// etcd alone, which takes two minutes. <c>BERTH_DRILLS</c> names others, or <c>all</c>: their images are large.
/// </remarks>
public sealed class DrillTests(ClusterLab lab)
{
    private static readonly TimeSpan s_loss = TimeSpan.FromSeconds(110);
    private static readonly string[] s_asked = (Environment.GetEnvironmentVariable("BERTH_DRILLS") ?? "etcd").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);

    // Nothing is promoted in these: without the first member nobody takes a write.
    private static readonly string[] s_waitsForPrimary = ["redis", "postgresql", "mariadb", "mysql"];

    private readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();

    [Theory]
    [InlineData("etcd", "etcd/etcd.yaml", "etcd")]
    [InlineData("zookeeper", "zookeeper/zookeeper.yaml", "zookeeper")]
    [InlineData("redis", "redis/redis.yaml", "redis")]
    [InlineData("postgresql", "postgresql/postgresql.yaml", "postgresql")]
    [InlineData("mariadb", "mysql/mariadb.yaml", "mysql")]
    [InlineData("mysql", "mysql/mysql.yaml", "mysql")]
    public async Task System_OnNodesThatFail_LosesNothingAcknowledged(string name, string file, string client)
    {
        Assert.SkipWhen(ClusterLab.CannotRun is not null, ClusterLab.CannotRun ?? "");
        Assert.SkipUnless(s_asked.Contains(name) || s_asked.Contains("all"), $"asked for with BERTH_DRILLS={name}, or all");
        var folder = Path.GetDirectoryName(file)!;
        await lab.ImportImagesOfAsync(folder, folder == "mysql" ? [name] : []);
        await lab.ImportImagesOfAsync("drill");
        var ns = await lab.NamespaceAsync("drill-" + name, await File.ReadAllTextAsync(Path.Combine(ClusterLab.SamplesDirectory, file), ClusterLab.Cancellation));
        await AllReadyAsync(3);
        var nodes = (await KubectlAsync("get", "pods", "-l", "app=" + name, "--sort-by=.metadata.name", "-o", "jsonpath={.items[*].spec.nodeName}")).Split(' ');
        Assert.Equal(3, nodes.Distinct().Count());
        // The first member is the primary of those systems that have one.
        var (first, second, quiet) = (nodes[0], nodes[1], nodes[2]);
        var drill = new Drill(arguments => KubectlAsync([.. arguments]), lab.SituationAsync, name);
        await drill.StartAsync(client, encrypt: name == "mysql", quiet, ClusterLab.Cancellation);
        await TellAsync("start");

        // 1. A node without power: its agent, its containerd and its containers are gone at once.
        var before = await RunningSinceAsync(name + "-0");
        await lab.ScriptAsync("crash", Number(first));
        if (!s_waitsForPrimary.Contains(name))
            await drill.ServesAsync(ClusterLab.Cancellation);
        await lab.ScriptAsync("start", Number(first));
        await lab.UntilAsync(() => RunningSinceAsync(name + "-0"), t => t.Length > 0 && t != before, s_loss);
        await AllReadyAsync(3);
        await drill.ServesAsync(ClusterLab.Cancellation);
        await TellAsync("power cut of a node");

        // 2. A node without network, for as long as the cluster needs to see it.
        await lab.ScriptAsync("cut", Number(second));
        try
        {
            await lab.UntilAsync(() => ReadyAsync(second), t => t == "Unknown", s_loss);
            await drill.ServesAsync(ClusterLab.Cancellation);
        }
        finally
        {
            await lab.ScriptAsync("mend", Number(second));
        }

        await lab.UntilAsync(() => ReadyAsync(second), t => t == "True", s_loss);
        await AllReadyAsync(3);
        await drill.ServesAsync(ClusterLab.Cancellation);
        await TellAsync("partition of a node");

        // 3. A node that is to be repaired. The member's volume is there, so that it waits for the node.
        try
        {
            var (code, text) = await lab.BerthAsync("node", "drain", second, "--delete-emptydir-data", "--timeout", "100");
            Assert.True(code == 0, text);
            await drill.ServesAsync(ClusterLab.Cancellation);
        }
        finally
        {
            Assert.Equal(0, (await lab.BerthAsync("node", "uncordon", second)).ExitCode);
        }

        await AllReadyAsync(3);
        await TellAsync("drain of a node");

        await KubectlAsync("rollout", "restart", "statefulset/" + name);
        await AllReadyAsync(3);
        await drill.ServesAsync(ClusterLab.Cancellation);
        await TellAsync("rolling restart");

        await KubectlAsync("scale", "statefulset/" + name, "--replicas=4");
        await AllReadyAsync(4);
        await drill.ServesAsync(ClusterLab.Cancellation);
        await TellAsync("a member more");

        var result = await drill.EndAsync();
        Say($"{name}: {result.Acknowledged} writes acknowledged, {result.Lost} lost, at most {result.UnavailableSeconds:F1} s without an answer");
        Assert.Equal(0, result.Lost);
        // A client that got hardly anything through would have nothing to lose.
        Assert.True(result.Acknowledged > 100, $"only {result.Acknowledged} writes were acknowledged");
        await lab.KubectlAsync("delete", "namespace", ns, "--wait=false");

        Task<string> RunningSinceAsync(string pod) => KubectlAsync("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].state.running.startedAt}");

        Task<string> KubectlAsync(params string[] arguments) => lab.KubectlAsync(["-n", "drill-" + name, .. arguments]);

        async Task AllReadyAsync(int members)
        {
            await KubectlAsync("rollout", "status", "statefulset/" + name, "--timeout=110s");
            // A rollout counts as done while the last member still waits to be ready.
            await KubectlAsync("wait", "statefulset/" + name, $"--for=jsonpath={{.status.readyReplicas}}={members}", "--timeout=110s");
        }

        async Task TellAsync(string what)
        {
            var took = _watch.Elapsed;
            _watch.Restart();
            var outages = await drill.OutagesAsync();
            Say($"{name}: {what} ({took.TotalSeconds:F0} s): {(outages.Count == 0 ? "no outage" : $"without an answer for {string.Join(", ", outages.Select(o => o.ToString("F1", CultureInfo.InvariantCulture)))} s")}");
        }
    }

    private static string Number(string node) => node["node".Length..];

    private static void Say(FormattableString line) => TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant(line));

    private Task<string> ReadyAsync(string node) => lab.KubectlAsync("get", "node", node, "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}");
}
