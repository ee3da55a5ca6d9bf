using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.PodSync;
using Berth.Node.Resources;
using Berth.Node.Shutdown;
using Berth.Node.Tests.Agent;
using Berth.Node.Tests.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Node.Tests.Shutdown;

public sealed class NodeShutdownTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";
    private const string Deaf = "trap '' TERM; while true; do sleep 0.1; done";

    [Fact]
    public async Task Shutdown_OfTheMachine_EndsPodsByPriorityWithinTheirTime()
    {
        ApiList<ShutdownTier> tiers = [new(0, TimeSpan.FromSeconds(2)), new(1000, TimeSpan.FromSeconds(20))];
        await using var cluster = await NodeCluster.StartAsync(fixture, o => o with { Configuration = o.Configuration with { ShutdownTiers = tiers } });
        await cluster.Client.CreateAsync(NodeCluster.Pod("low", Deaf, spec: s => s with { TerminationGracePeriodSeconds = 60 }));
        await cluster.Client.CreateAsync(NodeCluster.Pod("high", Forever, spec: s => s with { Priority = 2000 }));
        await cluster.RunningAsync("low");
        await cluster.RunningAsync("high");

        await cluster.Agent.Shutdown.EndPodsAsync(TestContext.Current.CancellationToken);

        var low = await cluster.WaitAsync("low", p => p?.Status.Phase == "Failed", "Failed");
        var high = await cluster.WaitAsync("high", p => p?.Status.Phase == "Failed", "Failed");
        Assert.Equal(("Terminated", "Pod was terminated in response to imminent node shutdown."), (low.Status.Reason, low.Status.Message));
        Assert.Contains(high.Status.Conditions, c => c is { Type: "DisruptionTarget", Reason: "TerminationByKubelet" });
        var (lowEnded, highEnded) = (low.Status.ContainerStatuses[0].State.Terminated!.FinishedAt, high.Status.ContainerStatuses[0].State.Terminated!.FinishedAt);
        Assert.True(lowEnded!.Value.Value <= highEnded!.Value.Value, $"the low priority ended at {lowEnded}, the high one at {highEnded}");

        // The node takes no more, and says so.
        await cluster.Client.CreateAsync(NodeCluster.Pod("late", Forever));
        var late = await cluster.WaitAsync("late", p => p?.Status.Phase == "Failed", "refused");
        Assert.Equal("NodeShutdown", late.Status.Reason);
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            var ready = (await cluster.Client.GetAsync<Berth.Api.Core.V1.Node>(null, NodeCluster.NodeName)).Status.Conditions.First(c => c.Type == "Ready");
            if (ready is { Status: "False", Message: NodeShutdown.NotReadyMessage })
                break;
            Assert.True(DateTimeOffset.UtcNow < deadline, $"expected a node that is shutting down, got {ready.Status}: {ready.Message}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Logind_TellsOfAShutdown_TheDelayIsHeldUntilPodsHaveEndedAndTakenAgainWhenItIsOff()
    {
        var directory = Directory.CreateTempSubdirectory("berth-logind-").FullName;
        try
        {
            // Programs as systemd has them, as far as they are used: the lock is there for as long as the program that it runs.
            Script("busctl", $"if [ \"$1\" = get-property ]; then echo 't 5000000'; else while read -r line; do echo \"$line\"; done <{directory}/signals; fi");
            Script("systemctl", $"echo \"$@\" >>{directory}/told");
            Script("systemd-inhibit", $"touch {directory}/held; cat; rm {directory}/held");
            await Berth.Linux.Processes.ProcessRunner.RunAsync("mkfifo", [Path.Combine(directory, "signals")]);
            var changes = 0;
            var shutdown = new NodeShutdown([new ShutdownTier(0, TimeSpan.FromSeconds(30))], () => (IReadOnlyCollection<PodWorker>)[], () => changes++, TimeProvider.System, NullLogger.Instance);
            using var stop = new CancellationTokenSource();
            var running = Task.Run(() => new LogindDelay(shutdown, TimeProvider.System, NullLogger.Instance, Path.Combine(directory, "conf"), directory).RunAsync(stop.Token), TestContext.Current.CancellationToken);
            var held = Path.Combine(directory, "held");
            // For reading too: a pipe that is opened for writing alone waits for its reader.
            await using (var signals = new StreamWriter(new FileStream(Path.Combine(directory, "signals"), FileMode.Open, FileAccess.ReadWrite)) { AutoFlush = true })
            {
                await UntilAsync(() => File.Exists(held), "the lock");
                Assert.Contains("InhibitDelayMaxSec=30", await File.ReadAllTextAsync(Path.Combine(directory, "conf", "99-berth.conf"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
                Assert.Contains("--signal=HUP systemd-logind.service", await File.ReadAllTextAsync(Path.Combine(directory, "told"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

                await signals.WriteLineAsync("""{"type":"signal","member":"PrepareForShutdown","payload":{"type":"b","data":[true]}}""");
                await UntilAsync(() => shutdown.IsUnderWay && !File.Exists(held), "the lock given back once no pod is left");
                await signals.WriteLineAsync("""{"type":"signal","member":"PrepareForShutdown","payload":{"type":"b","data":[false]}}""");
                await UntilAsync(() => !shutdown.IsUnderWay && File.Exists(held), "the lock again");
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
                await UntilAsync(() => !File.Exists(held), "no lock without an agent");
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        void Script(string name, string text)
        {
            var path = Path.Combine(directory, name);
            File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static async Task UntilAsync(Func<bool> isTrue, string what)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!isTrue())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, $"expected {what} within 30 s");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
