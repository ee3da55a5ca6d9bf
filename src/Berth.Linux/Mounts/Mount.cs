using System.Runtime.InteropServices;

namespace Berth.Linux.Mounts;

/// <summary>Mounting and unmounting. All errors carry the target's path.</summary>
public static class Mount
{
    private const nuint ReadOnly = 0x1;
    private const nuint NoSuid = 0x2;
    private const nuint NoDev = 0x4;
    private const nuint NoExec = 0x8;
    private const nuint Remount = 0x20;
    private const nuint BindFlag = 0x1000;
    private const nuint Recursive = 0x4000;
    private const nuint Shared = 1 << 20;
    private const nuint Private = 1 << 18;
    private const nuint Slave = 1 << 19;

    private const int DetachFlag = 2;
    private const int NoFollow = 8;

    /// <summary>Mounts a file system by type, e.g. <c>("overlay", "overlay", target, "lowerdir=...")</c>.</summary>
    public static void FileSystem(string type, string source, string target, string? data = null)
    {
        if (Libc.Mount(source, target, type, 0, data) != 0) throw LinuxException.Last($"mount {type} at", target);
    }

    /// <param name="target">An existing directory.</param>
    /// <param name="sizeBytes">Limit; null is the kernel's default of half the memory.</param>
    /// <param name="mode">Permission bits of the root directory.</param>
    public static void Tmpfs(string target, long? sizeBytes = null, int mode = 0x1ff /* 0777 */)
    {
        var data = $"mode=0{Convert.ToString(mode, 8)}" + (sizeBytes is { } size ? $",size={size}" : "");
        if (Libc.Mount("tmpfs", target, "tmpfs", NoSuid | NoDev, data) != 0) throw LinuxException.Last("mount tmpfs at", target);
    }

    /// <summary>Shows <paramref name="source"/>, a file or directory, at <paramref name="target"/>, which must exist and be of the same sort.</summary>
    public static void Bind(string source, string target, bool readOnly = false, bool recursive = false)
    {
        if (Libc.Mount(source, target, null, BindFlag | (recursive ? Recursive : 0), null) != 0)
            throw LinuxException.Last($"bind mount {source} at", target);
        // The kernel ignores "ro" in the first call: a read-only bind is always made in two.
        if (readOnly) RemountReadOnly(target);
    }

    /// <summary>Keeps the mount's nosuid, nodev and noexec, which a user namespace's owner may not drop.</summary>
    public static void RemountReadOnly(string target)
    {
        var options = MountTable.Read().LastOrDefault(mount => mount.Target == target.TrimEnd('/'))?.Options ?? [];
        var flags = Remount | BindFlag | ReadOnly
            | (options.Contains("nosuid") ? NoSuid : 0)
            | (options.Contains("nodev") ? NoDev : 0)
            | (options.Contains("noexec") ? NoExec : 0);
        if (Libc.Mount(null, target, null, flags, null) != 0) throw LinuxException.Last("remount read-only", target);
    }

    public static void MakeShared(string target) => SetPropagation(target, Shared, "shared");

    public static void MakePrivate(string target) => SetPropagation(target, Private, "private");

    public static void MakeSlave(string target) => SetPropagation(target, Slave, "slave");

    /// <summary>Unmounts the topmost mount at the path. Not being mounted is no error; busy is, unless <paramref name="detach"/>.</summary>
    /// <returns>False where nothing was mounted there.</returns>
    public static bool Unmount(string target, bool detach = false)
    {
        if (Libc.Umount(target, NoFollow | (detach ? DetachFlag : 0)) == 0) return true;
        return Marshal.GetLastPInvokeError() is LinuxException.Invalid or LinuxException.NoEntry
            ? false
            : throw LinuxException.Last("unmount", target);
    }

    /// <summary>Unmounts everything at and below a directory, detaching what is busy. Mounts that appear meanwhile are taken too.</summary>
    public static void UnmountAllUnder(string directory)
    {
        // Stacked mounts at one path need one call each; the bound only guards against somebody mounting as fast as we unmount.
        for (var round = 0; round < 10; round++)
        {
            var mounts = MountTable.Under(directory);
            if (mounts.Count == 0) return;
            foreach (var mount in mounts) Unmount(mount.Target, detach: true);
        }

        throw new IOException($"unmount {directory}: mounts keep appearing below it");
    }

    private static void SetPropagation(string target, nuint flag, string name)
    {
        if (Libc.Mount(null, target, null, flag | Recursive, null) != 0) throw LinuxException.Last($"make mount {name}:", target);
    }
}
