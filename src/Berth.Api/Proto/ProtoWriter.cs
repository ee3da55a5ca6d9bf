using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Berth.Api.Proto;

/// <summary>
/// Writes a protobuf message from its end to its beginning. A length then stands behind what it measures, so that nested
/// messages need neither a size pass nor a copy. Fields are written in descending order, lists from their last item.
/// </summary>
public ref struct ProtoWriter
{
    private byte[] _buffer;
    private int _start;

    public ProtoWriter(int sizeHint)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, 256));
        _start = _buffer.Length;
    }

    /// <summary>Bytes written so far. Take it before a nested message and give it to <see cref="Nest"/> behind it.</summary>
    public readonly int Length => _buffer.Length - _start;

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(_start);

    /// <summary>Gives the buffer back to its pool; the writer is unusable afterwards.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = 0;
    }

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void String(int field, string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Encoding.UTF8.GetBytes(value, Reserve(length));
        Varint((ulong)length);
        Tag(field, 2);
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Raw(value);
        Varint((ulong)value.Length);
        Tag(field, 2);
    }

    public void Int64(int field, long value)
    {
        Varint((ulong)value);
        Tag(field, 0);
    }

    public void Boolean(int field, bool value)
    {
        Reserve(1)[0] = value ? (byte)1 : (byte)0;
        Tag(field, 0);
    }

    public void Double(int field, double value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(8), BitConverter.DoubleToInt64Bits(value));
        Tag(field, 1);
    }

    public void Message(int field, IMessage value)
    {
        var before = Length;
        value.WriteProto(ref this);
        Nest(field, before);
    }

    /// <summary>Makes everything written since <paramref name="before"/> the value of a field.</summary>
    public void Nest(int field, int before)
    {
        Varint((ulong)(Length - before));
        Tag(field, 2);
    }

    private void Tag(int field, int wireType) => Varint(((ulong)field << 3) | (uint)wireType);

    private void Varint(ulong value)
    {
        var size = 1;
        for (var rest = value >> 7; rest != 0; rest >>= 7)
            size++;
        var span = Reserve(size);
        for (var i = 0; i < size - 1; i++, value >>= 7)
            span[i] = (byte)(value | 0x80);
        span[size - 1] = (byte)value;
    }

    private Span<byte> Reserve(int length)
    {
        if (length > _start)
            Grow(length);
        _start -= length;
        return _buffer.AsSpan(_start, length);
    }

    private void Grow(int length)
    {
        var used = Length;
        var bigger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_buffer.Length * 2, used + length)));
        Written.CopyTo(bigger.AsSpan(bigger.Length - used));
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = bigger;
        _start = bigger.Length - used;
    }
}
