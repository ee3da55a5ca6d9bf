using System.Runtime.InteropServices;

namespace Berth.Linux;

/// <summary>A system call that failed: what was tried, on which path, and the kernel's answer.</summary>
public sealed class LinuxException : IOException
{
    public const int PermissionDenied = 1; // EPERM
    public const int NoEntry = 2;          // ENOENT
    public const int NoProcess = 3;        // ESRCH
    public const int Interrupted = 4;      // EINTR
    public const int NoChild = 10;         // ECHILD
    public const int Access = 13;          // EACCES
    public const int Busy = 16;            // EBUSY
    public const int Invalid = 22;         // EINVAL

    public LinuxException(string operation, int errno, string? path = null)
        : base(path is null
            ? $"{operation}: {Marshal.GetPInvokeErrorMessage(errno)}"
            : $"{operation} {path}: {Marshal.GetPInvokeErrorMessage(errno)}")
    {
        Errno = errno;
        Path = path;
    }

    public int Errno { get; }

    public string? Path { get; }

    internal static LinuxException Last(string operation, string? path = null) =>
        new(operation, Marshal.GetLastPInvokeError(), path);
}
