using System.Buffers.Binary;

namespace Berth.Store.CrashWriter;

/// <summary>Values that tell from their own bytes whether they are whole: everything follows from the first four.</summary>
public static class CrashValue
{
    private const int BytesMax = 6000;

    public static byte[] Make(int name)
    {
        var random = new Random(name);
        var value = new byte[4 + random.Next(BytesMax)];
        random.NextBytes(value);
        BinaryPrimitives.WriteInt32LittleEndian(value, name);
        return value;
    }

    /// <summary>The value's name; null when it is damaged.</summary>
    public static int? Name(ReadOnlySpan<byte> value)
    {
        if (value.Length < 4) return null;
        var name = BinaryPrimitives.ReadInt32LittleEndian(value);
        return value.SequenceEqual(Make(name)) ? name : null;
    }
}
