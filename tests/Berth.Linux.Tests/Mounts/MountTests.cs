using Berth.Linux.Mounts;

namespace Berth.Linux.Tests.Mounts;

public sealed class MountTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void MountTable_OfEscapedAndOptionalFields_IsParsed()
    {
        var mount = Assert.Single(MountTable.Parse([@"36 35 98:0 /sub\040dir /mnt/a\011b rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue"]));

        Assert.Equal((36, 35, "/sub dir", "/mnt/a\tb", "ext3", "/dev/root"), (mount.Id, mount.ParentId, mount.Root, mount.Target, mount.FileSystem, mount.Source));
        Assert.Equal(["rw", "errors=continue"], mount.SuperOptions);
        Assert.Throws<FormatException>(() => MountTable.Parse(["nonsense"]));
    }

    [Fact]
    public void Tmpfs_WithLimit_HoldsIt()
    {
        Root.Require();
        Mount.Tmpfs(_temp.Path, sizeBytes: 1 << 20, mode: 0x1c0);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_temp.Path));
        Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(_temp.Path, "file"), new byte[2 << 20]));
        Assert.True(Mount.Unmount(_temp.Path));
        Assert.False(Mount.Unmount(_temp.Path));
    }

    [Fact]
    public void Bind_ReadOnly_RefusesWritesThroughItAlone()
    {
        Root.Require();
        var (source, target) = (_temp.Make("source"), _temp.Make("target with space"));
        File.WriteAllText(Path.Combine(source, "file"), "content");

        Mount.Bind(source, target, readOnly: true);

        Assert.Equal("content", File.ReadAllText(Path.Combine(target, "file")));
        Assert.ThrowsAny<Exception>(() => File.WriteAllText(Path.Combine(target, "other"), ""));
        File.WriteAllText(Path.Combine(source, "other"), "");
        Assert.True(MountTable.IsMountPoint(target));
    }

    [Fact]
    public void IsMountPoint_IsTrueOfTheMountedAlone()
    {
        Root.Require();
        var (source, target) = (_temp.Make("source"), _temp.Make("target"));
        var (file, shown) = (Path.Combine(source, "file"), Path.Combine(_temp.Path, "shown"));
        File.WriteAllText(file, "");
        File.WriteAllText(shown, "");
        Mount.Bind(source, target);
        Mount.Bind(file, shown);
        var link = Path.Combine(_temp.Path, "link");
        Directory.CreateSymbolicLink(link, target);

        Assert.True(MountTable.IsMountPoint(target));
        Assert.True(MountTable.IsMountPoint(target + "/"));
        Assert.True(MountTable.IsMountPoint(shown));
        Assert.All([source, file, link, Path.Combine(target, "file"), Path.Combine(_temp.Path, "missing"), Path.Combine(file, "below")], path => Assert.False(MountTable.IsMountPoint(path)));
        Assert.True(Mount.Unmount(target));
        Assert.False(MountTable.IsMountPoint(target));
    }

    [Fact]
    public void UnmountAllUnder_NestedStackedAndBusy_LeavesNone()
    {
        Root.Require();
        Mount.Tmpfs(_temp.Path);
        var inner = _temp.Make("inner");
        Mount.Tmpfs(inner);
        Mount.Tmpfs(inner);
        using var open = File.Create(Path.Combine(inner, "open"));

        Mount.UnmountAllUnder(_temp.Path);

        Assert.Empty(MountTable.Under(_temp.Path));
    }

    [Fact]
    public void Bind_OfMissingSource_NamesBothPaths()
    {
        Root.Require();
        var error = Assert.Throws<LinuxException>(() => Mount.Bind("/no/such/source", _temp.Path));

        Assert.Contains("/no/such/source", error.Message);
        Assert.Contains(_temp.Path, error.Message);
    }
}
