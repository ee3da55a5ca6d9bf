using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

/// <summary>
/// Opens paths that a stranger may have filled with symbolic links, such as the inside of a volume: the kernel follows
/// links only as long as they stay below the directory, and the descriptor keeps meaning what was checked.
/// </summary>
public static unsafe class BeneathDirectory
{
    private const int OpenDirectory = 0x10000;
    private const int OpenNoFollow = 0x20000;

    /// <summary>A descriptor to the file or directory; good only for naming it (<c>/proc/self/fd/N</c>), as for a mount.</summary>
    /// <param name="create">Makes missing directories on the way, and the last one too, with these permission bits, whatever the process's mask; null makes none.</param>
    /// <exception cref="LinuxException">It is not there, or a link leads out of the directory (EXDEV).</exception>
    public static SafeFileHandle Open(string directory, string relative, UnixFileMode? create = null)
    {
        var root = Libc.Open(directory, Libc.OpenReadOnlyCloexec | OpenDirectory, 0);
        if (root < 0) throw LinuxException.Last("open", directory);
        try
        {
            var parts = relative.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (create is { } mode)
            {
                for (var count = 1; count <= parts.Length; count++) Ensure(root, directory, parts.AsSpan(0, count), mode);
            }

            var opened = OpenAt(root, parts.Length == 0 ? "." : string.Join('/', parts), Libc.OpenPath);
            return opened >= 0 ? new SafeFileHandle((nint)opened, ownsHandle: true) : throw LinuxException.Last("open below " + directory + ":", relative);
        }
        finally
        {
            _ = Libc.Close(root);
        }
    }

    private static void Ensure(int root, string directory, ReadOnlySpan<string> parts, UnixFileMode mode)
    {
        var path = string.Join('/', parts!);
        var found = OpenAt(root, path, Libc.OpenPath);
        if (found >= 0)
        {
            _ = Libc.Close((int)found);
            return;
        }

        if (Marshal.GetLastPInvokeError() != LinuxException.NoEntry) throw LinuxException.Last("open below " + directory + ":", path);
        var parent = OpenAt(root, parts.Length == 1 ? "." : string.Join('/', parts[..^1]!), OpenDirectory);
        if (parent < 0) throw LinuxException.Last("open below " + directory + ":", path);
        try
        {
            const int Exists = 17;
            if (Libc.MkDirAt((int)parent, parts[^1], 0x1c0 /* 0700 */) != 0)
            {
                if (Marshal.GetLastPInvokeError() != Exists) throw LinuxException.Last("mkdir below " + directory + ":", path);
                return;
            }

            var made = OpenAt((int)parent, parts[^1], OpenDirectory | OpenNoFollow);
            if (made < 0) throw LinuxException.Last("open below " + directory + ":", path);
            using var handle = new SafeFileHandle((nint)made, ownsHandle: true);
            File.SetUnixFileMode(handle, mode);
        }
        finally
        {
            _ = Libc.Close((int)parent);
        }
    }

    private static long OpenAt(int root, string path, int flags)
    {
        var how = new Libc.OpenHow { Flags = (ulong)(flags | Libc.OpenReadOnlyCloexec), Resolve = Libc.ResolveBeneath | Libc.ResolveNoMagicLinks };
        fixed (byte* text = Encoding.UTF8.GetBytes(path + "\0"))
            return Libc.Syscall(Libc.SysOpenAt2, root, (long)text, (long)&how, sizeof(Libc.OpenHow));
    }
}
