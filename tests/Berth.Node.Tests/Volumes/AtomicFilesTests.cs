using System.Text;
using Berth.Linux.Files;
using Berth.Node.Volumes;

namespace Berth.Node.Tests.Volumes;

public sealed class AtomicFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("berth-volume-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Write_OfNewContent_SwitchesAllFilesAtOnceAndLeavesNothingOld()
    {
        Assert.True(Write(("a", "1"), ("dir/b", "2")));
        var first = new FileInfo(Path.Combine(_root, "..data")).LinkTarget;
        Assert.Equal("1", File.ReadAllText(Path.Combine(_root, "a")));
        Assert.Equal("2", File.ReadAllText(Path.Combine(_root, "dir/b")));

        Assert.False(Write(("a", "1"), ("dir/b", "2")));
        Assert.True(Write(("a", "3"), ("c", "4")));

        Assert.NotEqual(first, new FileInfo(Path.Combine(_root, "..data")).LinkTarget);
        Assert.Equal(["..data", "a", "c"], Directory.EnumerateFileSystemEntries(_root).Select(Path.GetFileName).Where(n => n == "..data" || !n!.StartsWith("..", StringComparison.Ordinal)).Order(StringComparer.Ordinal)!);
        Assert.Equal("3", File.ReadAllText(Path.Combine(_root, "a")));
        Assert.Single(Directory.EnumerateDirectories(_root), d => Path.GetFileName(d).StartsWith("..2", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_WithMode_SetsItOnTheFile()
    {
        AtomicFiles.Write(_root, new VolumePayload(new Dictionary<string, PayloadFile> { ["key"] = new([1], 0x100) }), null, TimeProvider.System);

        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(_root, "..data", "key")));
    }

    [Fact]
    public void Open_ThroughLinkThatLeadsOut_IsRefused()
    {
        Directory.CreateDirectory(Path.Combine(_root, "in"));
        File.CreateSymbolicLink(Path.Combine(_root, "out"), "/etc");
        File.CreateSymbolicLink(Path.Combine(_root, "inner"), "in");

        Assert.Throws<Berth.Linux.LinuxException>(() => BeneathDirectory.Open(_root, "out/passwd"));
        Assert.Throws<Berth.Linux.LinuxException>(() => BeneathDirectory.Open(_root, "out/new", create: (UnixFileMode)0x1ff));
        using var inner = BeneathDirectory.Open(_root, "inner/made/here", create: (UnixFileMode)0x1ff);
        Assert.True(Directory.Exists(Path.Combine(_root, "in/made/here")));
    }

    private bool Write(params (string Path, string Text)[] files) => AtomicFiles.Write(
        _root, new VolumePayload(files.ToDictionary(f => f.Path, f => new PayloadFile(Encoding.UTF8.GetBytes(f.Text), 0x1a4))), null, TimeProvider.System);
}
