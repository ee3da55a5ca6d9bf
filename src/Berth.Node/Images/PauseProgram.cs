using System.Buffers.Binary;

namespace Berth.Node.Images;

/// <summary>
/// The program that holds a pod's namespaces: a static ELF executable of some two hundred bytes, written here because users'
/// machines have no compiler. It blocks SIGINT, SIGTERM and SIGCHLD, then takes them one by one: the first two end it (a
/// blocked signal reaches even a pid 1, an unhandled one would not), a SIGCHLD makes it reap what a shared pid namespace left it.
/// </summary>
internal static class PauseProgram
{
    private const ulong LoadAddress = 0x400000;
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;

    private static ReadOnlySpan<byte> X64 =>
    [
        0xb8, 0x0e, 0x00, 0x00, 0x00,                   // 00 mov eax, 14        rt_sigprocmask(
        0x31, 0xff,                                     // 05 xor edi, edi         SIG_BLOCK,
        0x48, 0x8d, 0x35, 0x5a, 0x00, 0x00, 0x00,       // 07 lea rsi, [set]       &set,
        0x31, 0xd2,                                     // 0e xor edx, edx         null,
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00,             // 10 mov r10d, 8          8)
        0x0f, 0x05,                                     // 16 syscall
        0xb8, 0x80, 0x00, 0x00, 0x00,                   // 18 next: mov eax, 128 rt_sigtimedwait(
        0x48, 0x8d, 0x3d, 0x44, 0x00, 0x00, 0x00,       // 1d lea rdi, [set]       &set,
        0x31, 0xf6,                                     // 24 xor esi, esi         null,
        0x31, 0xd2,                                     // 26 xor edx, edx         null,
        0x41, 0xba, 0x08, 0x00, 0x00, 0x00,             // 28 mov r10d, 8          8)
        0x0f, 0x05,                                     // 2e syscall
        0x83, 0xf8, 0x11,                               // 30 cmp eax, SIGCHLD
        0x74, 0x13,                                     // 33 je reap
        0x83, 0xf8, 0x0f,                               // 35 cmp eax, SIGTERM
        0x74, 0x05,                                     // 38 je done
        0x83, 0xf8, 0x02,                               // 3a cmp eax, SIGINT
        0x75, 0xd9,                                     // 3d jne next
        0xb8, 0x3c, 0x00, 0x00, 0x00,                   // 3f done: mov eax, 60  exit(
        0x31, 0xff,                                     // 44 xor edi, edi         0)
        0x0f, 0x05,                                     // 46 syscall
        0xb8, 0x3d, 0x00, 0x00, 0x00,                   // 48 reap: mov eax, 61  wait4(
        0x48, 0xc7, 0xc7, 0xff, 0xff, 0xff, 0xff,       // 4d mov rdi, -1          any child,
        0x31, 0xf6,                                     // 54 xor esi, esi         null,
        0xba, 0x01, 0x00, 0x00, 0x00,                   // 56 mov edx, 1           WNOHANG,
        0x45, 0x31, 0xd2,                               // 5b xor r10d, r10d       null)
        0x0f, 0x05,                                     // 5e syscall
        0x85, 0xc0,                                     // 60 test eax, eax
        0x7f, 0xe4,                                     // 62 jg reap
        0xeb, 0xb2,                                     // 64 jmp next
        0x66, 0x90,                                     // 66 (alignment)
        0x02, 0x40, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, // 68 set: signals 2, 15 and 17
    ];

    private static ReadOnlySpan<uint> Arm64 =>
    [
        0xd28010e8, // 00 mov x8, #135            rt_sigprocmask(
        0xd2800000, // 04 mov x0, #0                SIG_BLOCK,
        0x10000381, // 08 adr x1, set               &set,
        0xd2800002, // 0c mov x2, #0                null,
        0xd2800103, // 10 mov x3, #8                8)
        0xd4000001, // 14 svc #0
        0xd2801128, // 18 next: mov x8, #137      rt_sigtimedwait(
        0x100002e0, // 1c adr x0, set               &set,
        0xd2800001, // 20 mov x1, #0                null,
        0xd2800002, // 24 mov x2, #0                null,
        0xd2800103, // 28 mov x3, #8                8)
        0xd4000001, // 2c svc #0
        0xf100441f, // 30 cmp x0, #17             SIGCHLD
        0x54000100, // 34 b.eq reap
        0xf1003c1f, // 38 cmp x0, #15             SIGTERM
        0x54000060, // 3c b.eq done
        0xf100081f, // 40 cmp x0, #2              SIGINT
        0x54fffea1, // 44 b.ne next
        0xd2800ba8, // 48 done: mov x8, #93       exit(
        0xd2800000, // 4c mov x0, #0                0)
        0xd4000001, // 50 svc #0
        0xd2802088, // 54 reap: mov x8, #260      wait4(
        0x92800000, // 58 mov x0, #-1               any child,
        0xd2800001, // 5c mov x1, #0                null,
        0xd2800022, // 60 mov x2, #1                WNOHANG,
        0xd2800003, // 64 mov x3, #0                null)
        0xd4000001, // 68 svc #0
        0x7100001f, // 6c cmp w0, #0
        0x54ffff2c, // 70 b.gt reap
        0x17ffffe9, // 74 b next
        0x00014002, // 78 set: signals 2, 15 and 17
        0x00000000,
    ];

    /// <param name="architecture">amd64 or arm64.</param>
    public static byte[] Build(string architecture) => architecture switch
    {
        "amd64" => Elf(62, X64.ToArray()),
        "arm64" => Elf(183, LittleEndian(Arm64)),
        _ => throw new PlatformNotSupportedException($"no pause program for {architecture}"),
    };

    /// <summary>One readable and executable segment that holds the whole file; no sections.</summary>
    private static byte[] Elf(ushort machine, byte[] code)
    {
        var file = new byte[HeaderBytes + ProgramHeaderBytes + code.Length];
        var header = file.AsSpan(0, HeaderBytes);
        ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2 /* 64 bit */, 1 /* little endian */, 1]).CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 2); // executable
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], machine);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], LoadAddress + HeaderBytes + ProgramHeaderBytes); // entry
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], HeaderBytes); // where the program header is
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], 1);
        var segment = file.AsSpan(HeaderBytes, ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1);      // load
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5); // read, execute
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x10000); // the largest page of aarch64
        code.CopyTo(file.AsSpan(HeaderBytes + ProgramHeaderBytes));
        return file;
    }

    private static byte[] LittleEndian(ReadOnlySpan<uint> words)
    {
        var bytes = new byte[words.Length * sizeof(uint)];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), words[i]);
        return bytes;
    }
}
