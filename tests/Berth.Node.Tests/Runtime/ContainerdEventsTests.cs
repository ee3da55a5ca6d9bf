using Berth.Node.Cri.V1;
using Berth.Node.Runtime;

namespace Berth.Node.Tests.Runtime;

public sealed class ContainerdEventsTests(ContainerdFixture fixture)
{
    [Fact]
    public async Task Watch_OfAContainersLife_TellsStartAndEndOnceResynced()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        var client = fixture.Client;
        await using var events = ContainerdEvents.WatchAsync(fixture.Containerd.Paths.Socket, TimeProvider.System, limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(ContainerEventKind.Resync, events.Current.Kind);
        var sandbox = fixture.Sandbox("events");
        var sandboxId = await client.RunPodSandboxAsync(sandbox, cancellation: limit.Token);
        var containerId = await client.CreateContainerAsync(sandboxId, ContainerdFixture.Shell("main", "read x < /dev/null; sleep 0.3; exit 3"), sandbox, limit.Token);
        await client.StartContainerAsync(containerId, limit.Token);
        await client.ExecSyncAsync(containerId, ["true"], TimeSpan.FromSeconds(5), limit.Token); // its end must not look like the container's

        var seen = new List<ContainerEventKind>();
        while (seen.LastOrDefault() != ContainerEventKind.Deleted && await events.MoveNextAsync())
        {
            if (events.Current.ContainerId != containerId) continue;
            seen.Add(events.Current.Kind);
            if (events.Current.Kind == ContainerEventKind.Exited)
                Assert.Equal(3, (await ContainerdFixture.ExitOfAsync(client, containerId)).ExitCode);
        }

        Assert.Equal([ContainerEventKind.Started, ContainerEventKind.Exited, ContainerEventKind.Deleted], seen);
        await client.RemovePodSandboxAsync(sandboxId, limit.Token);
    }

    [Fact]
    public async Task CriEvents_WhereTheRuntimeHasThem_TellOfAContainersEnd()
    {
        var client = fixture.Client;
        Assert.SkipWhen(fixture.Containerd.Version is { Major: 1, Minor: < 7 }, "containerd 1.6 has no CRI events");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await using var events = client.GetContainerEventsAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        var next = events.MoveNextAsync();
        var sandbox = fixture.Sandbox("cri-events");
        var sandboxId = await client.RunPodSandboxAsync(sandbox, cancellation: limit.Token);
        var containerId = await client.CreateContainerAsync(sandboxId, ContainerdFixture.Shell("main", "exit 0"), sandbox, limit.Token);
        await client.StartContainerAsync(containerId, limit.Token);

        while (await next && (events.Current.ContainerId != containerId || events.Current.ContainerEventType != ContainerEventType.ContainerStoppedEvent))
            next = events.MoveNextAsync();

        Assert.Equal(sandbox.Metadata, events.Current.PodSandboxStatus.Metadata);
        await client.RemovePodSandboxAsync(sandboxId, limit.Token);
    }
}
