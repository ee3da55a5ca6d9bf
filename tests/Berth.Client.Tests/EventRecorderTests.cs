using System.Diagnostics;
using Berth.Api.Core.V1;
using Berth.Client.Events;
using Berth.TestKit;

namespace Berth.Client.Tests;

public sealed class EventRecorderTests
{
    private static readonly Pod s_pod = new() { Metadata = new() { Name = "web", Namespace = "shop", Uid = "1" } };

    private readonly FakeCluster _cluster = new();

    [Fact]
    public async Task Event_IsWritten_AMomentLater()
    {
        await using var recorder = new EventRecorder(_cluster, "kubelet");
        var clock = Stopwatch.StartNew();
        recorder.Event(s_pod, "Normal", "Started", "Container started");
        while (_cluster.Writes == 0)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "the event was not written");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.True(clock.Elapsed > TimeSpan.FromMilliseconds(200), $"written after {clock.ElapsedMilliseconds} ms");
        Assert.Equal("Started", Assert.Single((await ListAsync())).Reason);
    }

    [Fact]
    public async Task Event_OfMany_IsNotKeptWaiting()
    {
        // Time stands still: nothing but their number has them written.
        await using var recorder = new EventRecorder(_cluster, "kubelet", time: new StandingTime());
        for (var i = 0; i < 100; i++)
            recorder.Event(s_pod with { Metadata = s_pod.Metadata with { Uid = i.ToString() } }, "Normal", "Started", "Container started");
        var clock = Stopwatch.StartNew();
        while (_cluster.Writes < 100)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{_cluster.Writes} of 100 were written");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Dispose_WritesWhatWaits()
    {
        var recorder = new EventRecorder(_cluster, "kubelet", time: new StandingTime());
        recorder.Event(s_pod, "Normal", "Killing", "Stopping container");
        await recorder.DisposeAsync();
        Assert.Single(await ListAsync());
    }

    private async Task<IReadOnlyList<Event>> ListAsync() => (await _cluster.ListAsync<Event>(ct: TestContext.Current.CancellationToken)).Items;

    /// <summary>Its timers never fire.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

        private sealed class Never : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
