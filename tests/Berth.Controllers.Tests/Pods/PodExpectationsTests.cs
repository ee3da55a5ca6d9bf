using Berth.Api;
using Berth.Controllers.Pods;
using Berth.TestKit;

namespace Berth.Controllers.Tests.Pods;

public sealed class PodExpectationsTests
{
    private static readonly ObjectKey s_owner = new("default", "web");
    private readonly ManualTime _time = new(Given.Now);

    [Fact]
    public void AreMet_AfterAllWasSeen_IsTrue()
    {
        var expectations = new PodExpectations(_time);
        Assert.True(expectations.AreMet(s_owner));

        expectations.Expect(s_owner, 2, ["a"]);
        expectations.Created(s_owner);
        expectations.Deleted(s_owner, "a");
        Assert.False(expectations.AreMet(s_owner));
        expectations.Created(s_owner);

        Assert.True(expectations.AreMet(s_owner));
    }

    [Fact]
    public void Deleted_SeenTwice_CountsOnce()
    {
        var expectations = new PodExpectations(_time);
        expectations.Expect(s_owner, 0, ["a", "b"]);
        expectations.Deleted(s_owner, "a");
        expectations.Deleted(s_owner, "a");

        Assert.False(expectations.AreMet(s_owner));
    }

    [Fact]
    public void AreMet_AfterTheLifetime_IsTrue()
    {
        var expectations = new PodExpectations(_time);
        expectations.Expect(s_owner, 1, []);
        _time.Advance(PodExpectations.Lifetime);
        Assert.False(expectations.AreMet(s_owner));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(expectations.AreMet(s_owner));
    }
}
