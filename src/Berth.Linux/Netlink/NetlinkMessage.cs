using System.Buffers.Binary;
using System.Text;

namespace Berth.Linux.Netlink;

/// <summary>
/// One netlink request as it is written: a header of the kernel's, one of its family, then attributes, some of which hold others. All
/// numbers are in the machine's order, save where a protocol's own says otherwise; attributes begin at multiples of four bytes.
/// </summary>
public sealed class NetlinkMessage
{
    private const int HeaderBytes = 16;
    private const ushort Nested = 0x8000;

    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <param name="type">The family's number.</param>
    /// <param name="flags">NLM_F_*.</param>
    public NetlinkMessage(ushort type, ushort flags, byte command, byte version)
        : this(type, flags, [command, version, 0, 0])
    {
    }

    /// <param name="type">What is asked.</param>
    /// <param name="flags">NLM_F_*.</param>
    /// <param name="header">The family's own header; a multiple of four bytes.</param>
    public NetlinkMessage(ushort type, ushort flags, ReadOnlySpan<byte> header)
    {
        Grow(HeaderBytes + header.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(6), flags);
        header.CopyTo(_bytes.AsSpan(HeaderBytes));
    }

    public int Length => _length;

    public NetlinkMessage Add(ushort attribute, ReadOnlySpan<byte> value)
    {
        var at = Grow(4 + ((value.Length + 3) & ~3));
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at), (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at + 2), attribute);
        value.CopyTo(_bytes.AsSpan(at + 4));
        return this;
    }

    public NetlinkMessage Add(ushort attribute, string value) => Add(attribute, [.. Encoding.UTF8.GetBytes(value), 0]);

    public NetlinkMessage Add(ushort attribute, byte value) => Add(attribute, [value]);

    public NetlinkMessage Add(ushort attribute, ushort value) => Add(attribute, BitConverter.GetBytes(value));

    public NetlinkMessage Add(ushort attribute, uint value) => Add(attribute, BitConverter.GetBytes(value));

    /// <summary>An attribute that holds what <paramref name="inner"/> adds.</summary>
    public NetlinkMessage Nest(ushort attribute, Action inner)
    {
        var at = Grow(4);
        inner();
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at), (ushort)(_length - at));
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(at + 2), (ushort)(attribute | Nested));
        return this;
    }

    internal ReadOnlySpan<byte> Finish(uint sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes, (uint)_length);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(8), sequence);
        return _bytes.AsSpan(0, _length);
    }

    private int Grow(int count)
    {
        var at = _length;
        _length += count;
        if (_length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_length, _bytes.Length * 2));
        return at;
    }
}
