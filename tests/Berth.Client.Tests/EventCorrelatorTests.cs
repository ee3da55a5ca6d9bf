using Berth.Api.Core.V1;
using Berth.Client.Events;

namespace Berth.Client.Tests;

public sealed class EventCorrelatorTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly EventCorrelator _correlator = new();

    [Fact]
    public void Place_SameEventAgain_IsOneSeries()
    {
        var first = Place("a", "Created", "pod 1");
        Assert.Equal(first, Place("a", "Created", "pod 1"));
        Assert.NotEqual(first, Place("a", "Created", "pod 2"));
        Assert.NotEqual(first, Place("a", "Deleted", "pod 1"));
        Assert.NotEqual(first, Place("b", "Created", "pod 1"));
    }

    [Fact]
    public void Place_ManySimilar_BecomeOneSeries()
    {
        var series = Enumerable.Range(0, 20).Select(i => Place("a", "Created", $"pod {i}")!.Value).ToList();
        Assert.Equal(10, series.Take(10).Select(s => s.Series).Distinct().Count());
        Assert.Single(series.Skip(10).Select(s => s.Series).Distinct());
        Assert.Equal("(combined from similar events): pod 19", series[19].Message);
        // Those that are known keep their own.
        Assert.Equal(series[0], Place("a", "Created", "pod 0"));
        // After ten minutes of silence they are told one by one again.
        Assert.Equal("pod 30", Place("a", "Created", "pod 30", s_now.AddMinutes(11))!.Value.Message);
    }

    [Fact]
    public void Place_Storm_IsCutOffAndRefilled()
    {
        Assert.Equal(25, Enumerable.Range(0, 100).Count(i => Place("a", "Reason" + i, "m") is not null));
        Assert.NotNull(Place("b", "Reason", "m"));
        Assert.Null(Place("a", "Reason", "m", s_now.AddMinutes(4)));
        Assert.NotNull(Place("a", "Reason", "m", s_now.AddMinutes(5.1)));
        Assert.Null(Place("a", "Reason", "m", s_now.AddMinutes(5.2)));
    }

    private (UInt128 Series, string Message)? Place(string name, string reason, string message, DateTimeOffset? now = null) =>
        _correlator.Place(new ObjectReference { Kind = "ReplicaSet", ApiVersion = "apps/v1", Namespace = "default", Name = name, Uid = name }, "Normal", reason, message, now ?? s_now);
}
