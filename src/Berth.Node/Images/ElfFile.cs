using System.Buffers.Binary;

namespace Berth.Node.Images;

/// <summary>The little of ELF that tells whether a program runs in an empty image.</summary>
internal static class ElfFile
{
    private const uint InterpreterSegment = 3;

    /// <summary>True for a 64-bit little-endian program that asks for no dynamic loader.</summary>
    public static bool IsStatic(ReadOnlySpan<byte> file)
    {
        if (file.Length < 64 || !file.StartsWith("\u007fELF"u8) || file[4] != 2 || file[5] != 1) return false;
        var table = (int)BinaryPrimitives.ReadUInt64LittleEndian(file[32..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(file[54..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[56..]);
        for (var i = 0; i < count; i++)
        {
            var header = table + i * size;
            if (header < 0 || header + 4 > file.Length) return false;
            if (BinaryPrimitives.ReadUInt32LittleEndian(file[header..]) == InterpreterSegment) return false;
        }

        return true;
    }
}
