using System.Runtime.InteropServices;
using Berth.Linux.Mounts;

namespace Berth.Linux.Files;

/// <summary>
/// Limits of directory trees by project quota, where the file system keeps them (ext4 and XFS, mounted with <c>prjquota</c>).
/// What is made below a directory belongs to its project.
/// </summary>
public static unsafe class ProjectQuota
{
    private const uint GetAttributes = 0x801c581f; // FS_IOC_FSGETXATTR
    private const uint SetAttributes = 0x401c5820; // FS_IOC_FSSETXATTR
    private const uint Inherit = 0x200;
    private const int Project = 2;
    private const int SetQuota = unchecked((int)0x80000800) | Project; // QCMD(Q_SETQUOTA, PRJQUOTA)
    private const int GetQuota = unchecked((int)0x80000700) | Project;
    private const uint BlockLimits = 1;
    private const int BlockBytes = 1024;

    /// <summary>The device whose file system holds the directory and keeps project quotas; null when it keeps none.</summary>
    public static string? DeviceOf(string directory)
    {
        var path = Path.GetFullPath(directory).TrimEnd('/') + "/";
        var mount = MountTable.Read().Where(m => path.StartsWith(m.Target.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(m => m.Target.Length);
        return mount is { FileSystem: "ext4" or "xfs" } && mount.SuperOptions.Contains("prjquota") ? mount.Source : null;
    }

    /// <summary>Puts the directory, and what is made in it from now on, into a project.</summary>
    public static void Assign(string directory, uint project)
    {
        var fd = Libc.Open(directory, Libc.OpenReadOnlyCloexec, 0);
        if (fd < 0)
            throw LinuxException.Last("open", directory);
        try
        {
            Attributes attributes = default;
            if (Libc.Ioctl(fd, GetAttributes, &attributes) != 0)
                throw LinuxException.Last("read the project of", directory);
            attributes.Flags |= Inherit;
            attributes.Project = project;
            if (Libc.Ioctl(fd, SetAttributes, &attributes) != 0)
                throw LinuxException.Last("set the project of", directory);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    /// <param name="bytes">Rounded up to 1 KiB; 0 takes the limit away.</param>
    public static void Limit(string device, uint project, long bytes)
    {
        var quota = new Quota { HardBlocks = (ulong)((bytes + BlockBytes - 1) / BlockBytes), Valid = BlockLimits };
        quota.SoftBlocks = quota.HardBlocks;
        if (Libc.Quotactl(SetQuota, device, (int)project, &quota) != 0)
            throw LinuxException.Last("set a project quota on", device);
    }

    /// <summary>Bytes that the project has taken.</summary>
    public static long Used(string device, uint project)
    {
        Quota quota = default;
        return Libc.Quotactl(GetQuota, device, (int)project, &quota) == 0 ? (long)quota.Space : throw LinuxException.Last("read a project quota on", device);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Flags;
        public uint ExtentSize;
        public uint Extents;
        public uint Project;
        public uint CowExtentSize;
        private readonly uint _padding0;
        private readonly uint _padding1;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Quota
    {
        public ulong HardBlocks;
        public ulong SoftBlocks;
        public ulong Space;
        public ulong HardFiles;
        public ulong SoftFiles;
        public ulong Files;
        public ulong BlockTime;
        public ulong FileTime;
        public uint Valid;
    }
}
