using System.Runtime.InteropServices;

namespace Berth.Linux.Files;

/// <summary>Room on the file system that a path is on, for others than root.</summary>
/// <param name="InodesTotal">0 on file systems that have no fixed number of them (btrfs).</param>
public readonly record struct FileSystemUsage(long TotalBytes, long AvailableBytes, long UsedBytes, long InodesTotal, long InodesFree)
{
    /// <exception cref="LinuxException">With the path.</exception>
    public static FileSystemUsage Of(string path)
    {
        if (Libc.StatVfs(path, out var s) != 0) throw LinuxException.Last("statvfs", path);
        var unit = (long)s.FragmentSize;
        return new FileSystemUsage((long)s.Blocks * unit, (long)s.BlocksAvailable * unit, (long)(s.Blocks - s.BlocksFree) * unit, (long)s.Files, (long)s.FilesFree);
    }
}

/// <summary>struct statvfs of glibc on 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatVfsResult
{
    public ulong BlockSize;
    public ulong FragmentSize;
    public ulong Blocks;
    public ulong BlocksFree;
    public ulong BlocksAvailable;
    public ulong Files;
    public ulong FilesFree;
    public ulong FilesAvailable;
    public ulong FileSystemId;
    public ulong Flags;
    public ulong NameMax;
    private readonly ulong _spare1;
    private readonly ulong _spare2;
    private readonly ulong _spare3;
}
