using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Linux.Processes;

/// <summary>
/// Starts programs that outlive us: a session of their own (no terminal, no signals of our process group), default
/// signal dispositions, input from /dev/null, output appended to a file. <see cref="System.Diagnostics.Process"/> can do none of these.
/// </summary>
public static class DetachedProcess
{
    // Larger than glibc's and musl's posix_spawn_file_actions_t (80), posix_spawnattr_t (336) and sigset_t (128 bytes).
    private const int OpaqueBytes = 1024;
    private const short SetSigMask = 0x08;
    private const short SetSigDefault = 0x04;
    private const short SetSid = 0x80;
    private const int WriteOnlyCreateAppend = 0x1 | 0x40 | 0x400;

    /// <param name="path">Absolute path of the program.</param>
    /// <param name="arguments">Arguments without the program's own name.</param>
    /// <param name="environment">The whole environment of the new process.</param>
    /// <param name="outputPath">File that standard output and error are appended to; made with mode 0600.</param>
    public static unsafe int Start(string path, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string outputPath)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var all = stackalloc byte[OpaqueBytes];
        var none = stackalloc byte[OpaqueBytes];
        Check(Libc.SpawnFileActionsInit(actions), path);
        Check(Libc.SpawnAttributesInit(attributes), path);
        var argumentBlock = Block([path, .. arguments]);
        var environmentBlock = Block([.. environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        try
        {
            Check(Libc.SpawnFileActionsAddOpen(actions, 0, "/dev/null", 0, 0), path);
            Check(Libc.SpawnFileActionsAddOpen(actions, 1, outputPath, WriteOnlyCreateAppend, 0x180), path);
            Check(Libc.SpawnFileActionsAddDup2(actions, 1, 2), path);
            // The runtime ignores SIGPIPE; an ignored signal would stay ignored across exec.
            _ = Libc.SigFillSet(all);
            _ = Libc.SigEmptySet(none);
            Check(Libc.SpawnAttributesSetSigDefault(attributes, all), path);
            Check(Libc.SpawnAttributesSetSigMask(attributes, none), path);
            Check(Libc.SpawnAttributesSetFlags(attributes, SetSid | SetSigDefault | SetSigMask), path);
            Check(Libc.PosixSpawn(out var pid, path, actions, attributes, argumentBlock, environmentBlock), path);
            return pid;
        }
        finally
        {
            Free(argumentBlock);
            Free(environmentBlock);
            _ = Libc.SpawnAttributesDestroy(attributes);
            _ = Libc.SpawnFileActionsDestroy(actions);
        }
    }

    // posix_spawn and its companions return the error number and leave errno alone.
    private static void Check(int error, string path)
    {
        if (error != 0) throw new LinuxException("start", error, path);
    }

    private static unsafe byte** Block(string[] values)
    {
        var block = (byte**)NativeMemory.AllocZeroed((nuint)(values.Length + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < values.Length; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(values[i]);
            block[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(block[i], bytes.Length));
        }

        return block;
    }

    private static unsafe void Free(byte** block)
    {
        for (var entry = block; *entry is not null; entry++) NativeMemory.Free(*entry);
        NativeMemory.Free(block);
    }
}
