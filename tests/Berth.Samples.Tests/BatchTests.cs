using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Samples.Tests;

/// <summary>The samples that compute, and the web site that is replaced while it is asked.</summary>
[Collection("berth")]
public sealed partial class BatchTests(EmptyBerth berth) : IClassFixture<EmptyBerth>, IAsyncDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grid_ThousandTasks_AllHaveResults()
    {
        await ApplyAsync("redis", "grid/grid.yaml");
        await KubectlAsync("wait", "--for=condition=complete", "job/grid-workers", "--timeout=115s");
        Assert.Equal("1000", (await KubectlAsync("exec", "deploy/grid-queue", "--", "redis-cli", "hlen", "results")).Trim());
        // At r = 3.2 the map swings between two values, at 2.5015 it rests at one.
        Assert.Equal("3.2005 2", (await KubectlAsync("exec", "deploy/grid-queue", "--", "redis-cli", "hget", "results", "467")).Trim());
        Assert.Equal("2.5015 1", (await KubectlAsync("exec", "deploy/grid-queue", "--", "redis-cli", "hget", "results", "1")).Trim());
        await DeleteAsync("grid/grid.yaml");
    }

    [Fact]
    public async Task MapReduce_OfTheLicences_CountsEveryWordOnce()
    {
        await ApplyAsync("debian", "map-reduce/map-reduce.yaml");
        await KubectlAsync("wait", "--for=condition=complete", "job/words-reduce", "--timeout=115s");
        var mapped = Sum(Words().Matches(await KubectlAsync("logs", "-l", "job-name=words-map", "--tail=-1")));
        var reduced = Sum(InAll().Matches(await KubectlAsync("logs", "-l", "job-name=words-reduce", "--tail=-1")));
        Assert.True(mapped > 10_000, $"{mapped} words");
        Assert.Equal(mapped, reduced);
        await DeleteAsync("map-reduce/map-reduce.yaml");
    }

    [Fact]
    public async Task MachineLearning_WorkerKilled_LosesLessThanOneCheckpoint()
    {
        await ApplyAsync("debian", "machine-learning/machine-learning.yaml");
        await LogHasAsync("train-0", "step 100:");
        await KubectlAsync("delete", "pod", "train-2", "--grace-period=0", "--force");
        await LogHasAsync("train-0", "done after 600 steps");
        var log = await KubectlAsync("logs", "train-0");
        var starts = GoOn().Matches(log).Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(0, starts[0]);
        Assert.True(starts.Count >= 2, log);
        // Where it broke off, and from where all went on.
        var broken = Broken().Matches(log).Select(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture)).Max();
        Assert.InRange(starts[^1], broken - 20, broken);
        var right = double.Parse(Right().Matches(log)[^1].Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.True(right > 95, $"{right} % right in the end");
        await DeleteAsync("machine-learning/machine-learning.yaml");
    }

    [Fact]
    public async Task Web_ReplacedUnderLoad_FailsNoRequestAndIsReported()
    {
        await ApplyAsync("debian", "log-processing/log-processing.yaml");
        await ApplyAsync("web", "web/web.yaml");
        await KubectlAsync("rollout", "status", "deployment/shop", "--timeout=110s");
        var load = (await File.ReadAllTextAsync(Path.Combine(BerthInstance.SamplesDirectory, "web", "load.yaml"), Cancellation)).Replace("\"120\"", "\"20\"", StringComparison.Ordinal);
        var file = Path.Combine(berth.Instance.DataDirectory, "load.yaml");
        await File.WriteAllTextAsync(file, load, Cancellation);
        await KubectlAsync("apply", "-f", file);
        await KubectlAsync("wait", "--for=condition=Ready", "pod", "-l", "job-name=load", "--timeout=60s");
        await KubectlAsync("rollout", "restart", "deployment/shop");
        await KubectlAsync("rollout", "status", "deployment/shop", "--timeout=110s");
        await KubectlAsync("wait", "--for=condition=complete", "job/load", "--timeout=110s");
        var said = (await KubectlAsync("logs", "job/load")).TrimEnd().Split('\n')[^1];
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.Contains(" 0 failed", said, StringComparison.Ordinal);

        // The report knows the requests that the servers of now have answered; those of before took their logs along.
        await KubectlAsync("set", "env", "cronjob/logs", "DAY=today");
        await KubectlAsync("create", "job", "--from=cronjob/logs", "now");
        await KubectlAsync("wait", "--for=condition=complete", "job/now", "--timeout=110s");
        var report = await KubectlAsync("logs", "job/now");
        var lines = int.Parse(Fetched().Match(report).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.Contains($"requests on {DateTime.UtcNow:yyyy-MM-dd}: {lines}\n", report, StringComparison.Ordinal);
        Assert.Matches(@"\d+ 200 /report", report);
        await DeleteAsync("web/web.yaml");
    }

    [Theory]
    [InlineData("cassandra/cassandra.yaml")]
    [InlineData("elasticsearch/elasticsearch.yaml")]
    public async Task Manifest_OfAnOfficialImage_IsAcceptedWithoutWarning(string file)
    {
        var answer = await KubectlAsync("apply", "--dry-run=server", "--validate=strict", "-f", Path.Combine(BerthInstance.SamplesDirectory, file));
        Assert.Contains("statefulset.apps/", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Warning", answer, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(await berth.Instance.SituationAsync(CancellationToken.None));
    }

    [GeneratedRegex(@"texts, (\d+) words")]
    private static partial Regex Words();

    [GeneratedRegex(@"words, (\d+) in all")]
    private static partial Regex InAll();

    [GeneratedRegex(@"go on from step (\d+)")]
    private static partial Regex GoOn();

    [GeneratedRegex(@"step (\d+): .*; meeting again")]
    private static partial Regex Broken();

    [GeneratedRegex(@"([\d.]+)% right")]
    private static partial Regex Right();

    [GeneratedRegex(@": (\d+) lines of")]
    private static partial Regex Fetched();

    private static int Sum(MatchCollection matches) => matches.Sum(m => int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    private Task<string> KubectlAsync(params IReadOnlyList<string> arguments) => berth.Instance.KubectlAsync(Cancellation, arguments);

    private async Task ApplyAsync(string imagesOf, string file)
    {
        await berth.Instance.ImportImagesOfAsync(imagesOf, [], Cancellation);
        await KubectlAsync("apply", "-f", Path.Combine(BerthInstance.SamplesDirectory, file));
    }

    private Task DeleteAsync(string file) => KubectlAsync("delete", "-f", Path.Combine(BerthInstance.SamplesDirectory, file));

    private async Task LogHasAsync(string pod, string text)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            // Until its container runs, a pod has no log.
            await KubectlAsync("wait", "--for=condition=Ready", "pod/" + pod, "--timeout=100s");
            while (!(await berth.Instance.KubectlAsync(deadline.Token, "logs", pod)).Contains(text, StringComparison.Ordinal))
                await Task.Delay(TimeSpan.FromMilliseconds(500), deadline.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"the log of {pod} has no \"{text}\" after three minutes\n{await berth.Instance.SituationAsync(Cancellation)}");
        }
    }
}
