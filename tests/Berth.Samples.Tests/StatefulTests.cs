using System.Globalization;

namespace Berth.Samples.Tests;

/// <summary>The stateful samples keep what they acknowledged while their members are killed, restarted one by one, and joined by another.</summary>
[Collection("berth")]
public sealed class StatefulTests(EmptyBerth berth) : IClassFixture<EmptyBerth>, IAsyncDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zookeeper", "zookeeper/zookeeper.yaml", "zookeeper")]
    [InlineData("etcd", "etcd/etcd.yaml", "etcd")]
    [InlineData("redis", "redis/redis.yaml", "redis")]
    [InlineData("postgresql", "postgresql/postgresql.yaml", "postgresql")]
    [InlineData("mariadb", "mysql/mariadb.yaml", "mysql")]
    [InlineData("mysql", "mysql/mysql.yaml", "mysql")]
    public async Task System_KilledRestartedAndScaled_LosesNothingAcknowledged(string name, string file, string client)
    {
        var instance = berth.Instance;
        var folder = Path.GetDirectoryName(file)!;
        await instance.ImportImagesOfAsync(folder, folder == "mysql" ? [name] : [], Cancellation);
        await instance.ImportImagesOfAsync("drill", [], Cancellation);
        var set = "statefulset/" + name;
        var manifest = Path.Combine(BerthInstance.SamplesDirectory, file);
        await instance.KubectlAsync(Cancellation, "apply", "-f", manifest);
        await RolledOutAsync(set);
        var drill = new Drill(arguments => instance.KubectlAsync(Cancellation, arguments), () => instance.SituationAsync(Cancellation), name);
        await drill.StartAsync(client, encrypt: name == "mysql", node: null, Cancellation);

        await instance.KubectlAsync(Cancellation, "delete", "pod", name + "-0", "--grace-period=0", "--force");
        await drill.ServesAsync(Cancellation);
        await RolledOutAsync(set);

        await instance.KubectlAsync(Cancellation, "rollout", "restart", set);
        await RolledOutAsync(set);
        await drill.ServesAsync(Cancellation);

        await instance.KubectlAsync(Cancellation, "scale", set, "--replicas=4");
        await RolledOutAsync(set);
        await drill.ServesAsync(Cancellation);

        var result = await drill.EndAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{name}: {result.Acknowledged} writes acknowledged, {result.Lost} lost, at most {result.UnavailableSeconds:F1} s without an answer"));
        Assert.Equal(0, result.Lost);
        // A client that got hardly anything through would have nothing to lose.
        Assert.True(result.Acknowledged > 20, $"only {result.Acknowledged} writes were acknowledged");

        await instance.KubectlAsync(Cancellation, "delete", "-f", manifest);
        await instance.KubectlAsync(Cancellation, "delete", "pvc", "-l", "app=" + name);
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(await berth.Instance.SituationAsync(CancellationToken.None));
    }

    private async Task RolledOutAsync(string set)
    {
        await berth.Instance.KubectlAsync(Cancellation, "rollout", "status", set, "--timeout=110s");
        // A rollout counts as done while the last member still waits to be ready.
        var ready = await berth.Instance.KubectlAsync(Cancellation, "get", set, "-o", "jsonpath={.spec.replicas}");
        await berth.Instance.KubectlAsync(Cancellation, "wait", set, $"--for=jsonpath={{.status.readyReplicas}}={ready}", "--timeout=110s");
    }
}
