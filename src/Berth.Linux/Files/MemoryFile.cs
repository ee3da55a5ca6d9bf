using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

/// <summary>A file that lies in memory alone and has no name: nobody else can put another in its place.</summary>
public static class MemoryFile
{
    /// <param name="name">Shown in /proc; need not be one of its own.</param>
    /// <exception cref="LinuxException">The kernel gives none.</exception>
    public static FileStream Create(string name)
    {
        var descriptor = Libc.MemfdCreate(name, Libc.MfdCloseOnExec);
        if (descriptor < 0)
            throw LinuxException.Last("memfd_create", name);
        return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
    }

    /// <summary>By which this process alone opens the file once more.</summary>
    public static string PathOf(FileStream file) => $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}";
}
