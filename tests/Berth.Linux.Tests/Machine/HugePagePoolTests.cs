using Berth.Linux.Machine;

namespace Berth.Linux.Tests.Machine;

public sealed class HugePagePoolTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("berth-huge-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(null, 8, 8)]
    [InlineData(null, 2, 4)] // never fewer
    [InlineData(1, 6, 6)]
    public void Pool_IsRaisedAndNeverMadeSmaller(int? node, long count, long expected)
    {
        File.WriteAllText(Make(node is null ? "kernel/mm/hugepages/hugepages-2048kB" : "devices/system/node/node1/hugepages/hugepages-2048kB"), "4\n");

        Assert.Equal(expected, HugePagePool.Raise(_root, 2 << 20, node, count));
    }

    [Fact]
    public void Pool_OfASizeThatTheKernelDoesNotHave_IsRefused() =>
        Assert.Contains("hugepages-1048576kB", Assert.Throws<IOException>(() => HugePagePool.Raise(_root, 1 << 30, null, 1)).Message, StringComparison.Ordinal);

    private string Make(string directory)
    {
        Directory.CreateDirectory(Path.Combine(_root, directory));
        return Path.Combine(_root, directory, "nr_hugepages");
    }
}
