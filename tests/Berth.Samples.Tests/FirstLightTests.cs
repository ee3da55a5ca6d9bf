namespace Berth.Samples.Tests;

/// <summary>samples/first-light does what its files say, seen through kubectl.</summary>
[Collection("berth")]
public sealed class FirstLightTests(DemoBerth demo) : IClassFixture<DemoBerth>, IAsyncDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Web_AskedByNameFromAnotherPod_ServesThePage()
    {
        await demo.Instance.KubectlAsync(Cancellation, "rollout", "status", "deployment/web", "--timeout=100s");
        Assert.Equal(
            """
            <!doctype html>
            <title>First light</title>
            <h1>First light</h1>
            <p>Served by Berth.</p>

            """,
            await demo.Instance.KubectlAsync(Cancellation, "exec", "members-0", "--", "wget", "-qO-", "http://web"));
    }

    [Theory]
    [InlineData("members-0")]
    [InlineData("members-1")]
    [InlineData("members-2")]
    public async Task Member_OfThree_SeesAllThree(string member)
    {
        await demo.Instance.KubectlUntilAsync(Cancellation, $"{member} sees: members-0 members-1 members-2", "logs", "--follow", member);
    }

    [Fact]
    public async Task Primes_FourPartsTwoAtATime_CountTheirRanges()
    {
        await demo.Instance.KubectlAsync(Cancellation, "wait", "--for=condition=complete", "job/primes", "--timeout=100s");
        var lines = (await demo.Instance.KubectlAsync(Cancellation, "logs", "-l", "job-name=primes", "--tail=-1")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["508 primes from 15000 to 19999", "525 primes from 10000 to 14999", "560 primes from 5000 to 9999", "669 primes from 0 to 4999"],
            lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Lines_StartedByHand_CountsTheLog()
    {
        await demo.Instance.KubectlAsync(Cancellation, "create", "job", "--from=cronjob/lines", "now");
        await demo.Instance.KubectlAsync(Cancellation, "wait", "--for=condition=complete", "job/now", "--timeout=100s");
        Assert.Equal("5 lines, 1 not found\n", await demo.Instance.KubectlAsync(Cancellation, "logs", "job/now"));
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(await demo.Instance.SituationAsync(CancellationToken.None));
    }
}
