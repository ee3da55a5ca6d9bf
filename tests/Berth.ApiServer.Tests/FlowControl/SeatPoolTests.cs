using Berth.Api.FlowControl.V1;
using Berth.ApiServer.FlowControl;

namespace Berth.ApiServer.Tests.FlowControl;

public sealed class SeatPoolTests
{
    private static readonly HashSet<string> s_schemas = ["s"];

    private readonly FlowCounts _counts = new("s");

    [Fact]
    public void Enter_LevelWithoutQueuesAndSeats_IsRefused()
    {
        var pool = new SeatPool(2);
        var level = pool.Configure([Rejecting("a", 1)], s_schemas)["a"];
        var first = pool.Enter(level, _counts, 1);
        pool.Enter(level, _counts, 1);

        Assert.Equal("concurrency-limit", pool.Enter(level, _counts, 1).Refused);

        pool.Leave(first);
        Assert.Null(pool.Enter(level, _counts, 1).Refused);
    }

    [Fact]
    public void Enter_ExemptLevel_AlwaysHasASeat()
    {
        var pool = new SeatPool(1);
        var exempt = pool.Configure([new() { Metadata = new() { Name = "e" }, Spec = new() { Type = "Exempt", Exempt = new() } }], s_schemas)["e"];

        for (var i = 0; i < 10; i++)
            Assert.Null(pool.Enter(exempt, _counts, 0) is { Refused: null, Waiting: null } ? null : "waits");
    }

    [Fact]
    public void Enter_FullQueue_IsRefused_AndSeatsGoToThoseThatWait()
    {
        var pool = new SeatPool(1);
        var level = pool.Configure([Queued("a", 1, queues: 1, length: 1)], s_schemas)["a"];
        var seated = pool.Enter(level, _counts, 1);
        var waiting = pool.Enter(level, _counts, 1);

        Assert.Equal("queue-full", pool.Enter(level, _counts, 1).Refused);
        Assert.False(waiting.Waiting!.IsCompleted);

        pool.Leave(seated);
        Assert.True(waiting.Waiting.IsCompletedSuccessfully);
        pool.Leave(waiting);
        Assert.Equal(0, level.InUse);
    }

    [Fact]
    public void Enter_LevelBeyondItsSeats_BorrowsOnlyWhatIsLent()
    {
        var pool = new SeatPool(10);
        var levels = pool.Configure([Queued("lender", 5, lendable: 60), Queued("borrower", 5)], s_schemas);

        // Five of its own and three of the lender's five.
        var seats = Enumerable.Range(0, 9).Select(i => pool.Enter(levels["borrower"], _counts, (ulong)i)).ToList();
        Assert.Equal(8, seats.Count(s => s.Waiting is null));

        // The lender's own two are there at once; the third has to come back first, and does so before the borrower gets more.
        Assert.Null(pool.Enter(levels["lender"], _counts, 1).Waiting);
        Assert.Null(pool.Enter(levels["lender"], _counts, 2).Waiting);
        var third = pool.Enter(levels["lender"], _counts, 3);
        Assert.False(third.Waiting!.IsCompleted);
        pool.Leave(seats[0]);
        Assert.True(third.Waiting.IsCompletedSuccessfully);
        Assert.False(seats[8].Waiting!.IsCompleted);
    }

    [Fact]
    public void Enter_LevelWithABorrowingLimit_StopsThere()
    {
        var pool = new SeatPool(10);
        var levels = pool.Configure([Queued("lender", 5, lendable: 100), Queued("borrower", 5, borrowing: 20)], s_schemas);

        var seats = Enumerable.Range(0, 10).Select(i => pool.Enter(levels["borrower"], _counts, (ulong)i));

        Assert.Equal(6, seats.Count(s => s.Waiting is null));
    }

    [Fact]
    public void Dispatch_AFlowThatFloodsItsQueues_LetsOthersThrough()
    {
        var pool = new SeatPool(4);
        var level = pool.Configure([Queued("a", 1, queues: 64, hand: 4, length: 50)], s_schemas)["a"];
        var flood = Enumerable.Range(0, 100).Select(_ => pool.Enter(level, _counts, 12345)).ToList();

        var other = pool.Enter(level, _counts, 987654321987);
        Assert.False(other.Waiting!.IsCompleted);
        pool.Leave(flood[0]);

        Assert.True(other.Waiting.IsCompletedSuccessfully, "the other flow's queue has nothing at work and comes first");
    }

    [Fact]
    public void GiveUp_SomebodyWhoWaits_LeavesNoTrace()
    {
        var pool = new SeatPool(1);
        var level = pool.Configure([Queued("a", 1, queues: 1)], s_schemas)["a"];
        var seated = pool.Enter(level, _counts, 1);
        var waiting = pool.Enter(level, _counts, 1);

        Assert.True(pool.GiveUp(waiting));
        pool.Leave(seated);

        Assert.Equal((0, 0), (level.InUse, level.Waiting));
        Assert.Equal("time-out", waiting.Refused);
        Assert.False(waiting.Waiting!.IsCompleted);
    }

    [Fact]
    public void Configure_LevelThatIsGone_LetsInWhoWaits()
    {
        var pool = new SeatPool(1);
        var level = pool.Configure([Queued("a", 1, queues: 1)], s_schemas)["a"];
        var seated = pool.Enter(level, _counts, 1);
        var waiting = pool.Enter(level, _counts, 1);

        pool.Configure([Queued("b", 1)], s_schemas);
        pool.Leave(seated);

        Assert.True(waiting.Waiting!.IsCompletedSuccessfully);
    }

    [Fact]
    public void Deal_AnyHash_GivesDistinctQueuesOfTheDeck()
    {
        var random = new Random(7);
        Span<int> hand = stackalloc int[8];
        var seen = new HashSet<int>();
        for (var i = 0; i < 10_000; i++)
        {
            ShuffleSharding.Deal((ulong)random.NextInt64(), 13, hand);
            Assert.Equal(hand.Length, hand.ToArray().Distinct().Count());
            foreach (var card in hand)
                Assert.InRange(card, 0, 12);
            seen.Add(hand[0]);
        }

        Assert.Equal(13, seen.Count);
    }

    private static PriorityLevelConfiguration Rejecting(string name, int shares) => new()
    {
        Metadata = new() { Name = name },
        Spec = new() { Type = "Limited", Limited = new() { NominalConcurrencyShares = shares, LimitResponse = new() { Type = "Reject" } } },
    };

    private static PriorityLevelConfiguration Queued(string name, int shares, int lendable = 0, int? borrowing = null, int queues = 8, int hand = 1, int length = 50) => new()
    {
        Metadata = new() { Name = name },
        Spec = new()
        {
            Type = "Limited",
            Limited = new()
            {
                NominalConcurrencyShares = shares,
                LendablePercent = lendable,
                BorrowingLimitPercent = borrowing,
                LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = queues, HandSize = hand, QueueLengthLimit = length } },
            },
        },
    };
}
