using Berth.Client.Work;

namespace Berth.Client.Tests;

public class WorkQueueTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Add_SameKeyTwice_ComesOnce()
    {
        using var queue = new WorkQueue<string>();
        queue.Add("a");
        queue.Add("a");
        queue.Add("b");
        Assert.Equal("a", await TakeAsync(queue));
        Assert.Equal("b", await TakeAsync(queue));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public async Task Add_WhileWorkedOn_ComesBackWhenDone()
    {
        using var queue = new WorkQueue<string>();
        queue.Add("a");
        Assert.Equal("a", await TakeAsync(queue));
        queue.Add("a");
        var next = TakeAsync(queue);
        Assert.False(next.IsCompleted);
        queue.Done("a");
        Assert.Equal("a", await next);
    }

    [Fact]
    public async Task AddAfter_EarlierTimeAskedLater_Wins()
    {
        using var queue = new WorkQueue<string>();
        queue.AddAfter("a", TimeSpan.FromHours(1));
        queue.AddAfter("a", TimeSpan.FromMilliseconds(1));
        Assert.Equal("a", await TakeAsync(queue));
    }

    [Fact]
    public void Delay_FailuresInARow_DoublesUpToTheLimit()
    {
        var backoff = new RetryBackoff(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromMilliseconds(5), backoff.Delay(0));
        Assert.Equal(TimeSpan.FromMilliseconds(40), backoff.Delay(3));
        Assert.Equal(TimeSpan.FromSeconds(1), backoff.Delay(1000));
    }

    private static Task<string> TakeAsync(WorkQueue<string> queue) => queue.GetAsync(CancellationToken.None).AsTask().WaitAsync(s_deadline);
}
