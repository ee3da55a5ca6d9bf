using System.Text;
using Berth.Node.Logs;

namespace Berth.Node.Tests.Logs;

public sealed class LogReaderTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(null, "one\ntwo\nthree four\n")]
    [InlineData(1L, "three four\n")]
    [InlineData(2L, "two\nthree four\n")]
    [InlineData(0L, "")]
    [InlineData(100L, "one\ntwo\nthree four\n")]
    public async Task Copy_WithTail_GivesTheLastLines(long? tail, string expected) => Assert.Equal(expected, await ReadAsync(new LogQuery { TailLines = tail }));

    [Fact]
    public async Task Copy_OfOneStreamWithTimesAndLimit_GivesThat()
    {
        Assert.Equal("two\n", await ReadAsync(new LogQuery { Stdout = false }));
        Assert.Equal("2026-01-01T00:00:02.000000000Z three four\n", await ReadAsync(new LogQuery { Timestamps = true, Since = new DateTimeOffset(2026, 1, 1, 0, 0, 2, TimeSpan.Zero) }));
        Assert.Equal("one\nt", await ReadAsync(new LogQuery { LimitBytes = 5 }));
    }

    [Fact]
    public async Task Copy_FollowingByALinkedDirectory_ReadsNothingTwice()
    {
        var link = _path + "-directory";
        Directory.CreateSymbolicLink(link, Path.GetDirectoryName(_path)!);
        try
        {
            var output = new MemoryStream();
            var asked = 0;
            await File.WriteAllTextAsync(_path, Line(0, "stdout", "F", "once"), TestContext.Current.CancellationToken);

            await new LogReader(TimeProvider.System).CopyAsync(
                Path.Combine(link, Path.GetFileName(_path)), new LogQuery { Follow = true }, () => Task.FromResult(++asked < 3), output, TestContext.Current.CancellationToken);

            Assert.Equal("once\n", Text(output));
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public async Task Copy_Following_SeesWhatIsWrittenAndRotationUntilTheEnd()
    {
        var output = new MemoryStream();
        var running = true;
        await File.WriteAllTextAsync(_path, Line(0, "stdout", "F", "first"), TestContext.Current.CancellationToken);
        var copy = new LogReader(TimeProvider.System).CopyAsync(_path, new LogQuery { Follow = true }, () => Task.FromResult(Volatile.Read(ref running)), output, TestContext.Current.CancellationToken);
        await UntilAsync(() => Text(output) == "first\n");
        File.Move(_path, _path + ".1", overwrite: true);
        await File.WriteAllTextAsync(_path, Line(1, "stdout", "F", "second"), TestContext.Current.CancellationToken);
        await UntilAsync(() => Text(output) == "first\nsecond\n");
        Volatile.Write(ref running, false);

        await copy.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        File.Delete(_path + ".1");
    }

    private static string Text(MemoryStream output) => Encoding.UTF8.GetString(output.ToArray());

    private static async Task UntilAsync(Func<bool> holds)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!holds())
        {
            Assert.True(DateTimeOffset.UtcNow < deadline, "not so within 30 s");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static string Line(int second, string stream, string tag, string text) => $"2026-01-01T00:00:0{second}.000000000Z {stream} {tag} {text}\n";

    private async Task<string> ReadAsync(LogQuery query)
    {
        await File.WriteAllTextAsync(_path, Line(0, "stdout", "F", "one") + Line(1, "stderr", "F", "two") + Line(2, "stdout", "P", "three ") + Line(2, "stdout", "F", "four"), TestContext.Current.CancellationToken);
        if (query.Timestamps || query.TailLines is not null)
            await File.WriteAllTextAsync(_path, Line(0, "stdout", "F", "one") + Line(1, "stderr", "F", "two") + Line(2, "stdout", "F", "three four"), TestContext.Current.CancellationToken);
        var output = new MemoryStream();
        await new LogReader(TimeProvider.System).CopyAsync(_path, query, () => Task.FromResult(false), output, TestContext.Current.CancellationToken);
        return Text(output);
    }
}
