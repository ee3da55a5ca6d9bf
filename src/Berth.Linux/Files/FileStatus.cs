using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Berth.Linux.Files;

/// <summary>Owner and kind of a file, which .NET does not tell.</summary>
/// <param name="Mode">Kind and permission bits, as in stat(2).</param>
public readonly record struct FileStatus(uint User, uint Group, ushort Mode)
{
    private const int KindMask = 0xf000;

    public bool IsBlockDevice => (Mode & KindMask) == 0x6000;

    public bool IsCharacterDevice => (Mode & KindMask) == 0x2000;

    public bool IsSocket => (Mode & KindMask) == 0xc000;

    /// <param name="follow">Tells of what a symbolic link leads to.</param>
    /// <returns>Null where there is nothing.</returns>
    public static unsafe FileStatus? Of(string path, bool follow = true)
    {
        const int CurrentDirectory = -100;
        const int NoFollow = 0x100;
        const uint Basic = 0x7ff;
        Statx buffer = default;
        if (Libc.Statx(CurrentDirectory, path, follow ? 0 : NoFollow, Basic, &buffer) == 0)
            return new FileStatus(buffer.User, buffer.Group, buffer.Mode);
        const int NotADirectory = 20;
        return Marshal.GetLastPInvokeError() is LinuxException.NoEntry or NotADirectory ? null : throw LinuxException.Last("stat", path);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Statx
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
        private readonly Rest _rest;
    }

    // The kernel writes 256 bytes, of which the above are the first.
    [InlineArray(226)]
    private struct Rest
    {
        private byte _first;
    }
}
