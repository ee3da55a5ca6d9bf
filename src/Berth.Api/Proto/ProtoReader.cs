using System.Buffers.Binary;
using System.Text;

namespace Berth.Api.Proto;

/// <summary>Reads the fields of one protobuf message. Sub-messages are readers of their own over a part of the bytes.</summary>
public ref struct ProtoReader(ReadOnlySpan<byte> bytes, int depth = 0)
{
    // A JSON schema is the only recursive type of the API; hostile bytes must not overflow the stack.
    private const int DepthMax = 200;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly int _depth = depth;
    private int _at;
    private int _wireType;

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Moves to the next field; false at the end of the message.</summary>
    public bool NextField()
    {
        if (_at >= _bytes.Length)
            return false;
        var tag = ReadVarint();
        Field = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        return Field > 0 ? true : throw new ProtoFormatException("a field has number 0");
    }

    public long ReadInt64()
    {
        Expect(0);
        return (long)ReadVarint();
    }

    public int ReadInt32() => unchecked((int)ReadInt64());

    public bool ReadBoolean() => ReadInt64() != 0;

    public double ReadDouble()
    {
        Expect(1);
        return BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(Take(8)));
    }

    public string ReadString()
    {
        var bytes = ReadSpan();
        return bytes.IsEmpty ? "" : Encoding.UTF8.GetString(bytes);
    }

    public ByteString ReadBytes()
    {
        var bytes = ReadSpan();
        return bytes.IsEmpty ? ByteString.Empty : new ByteString(bytes.ToArray());
    }

    public readonly bool IsEmpty => _bytes.IsEmpty;

    public ReadOnlySpan<byte> ReadSpan()
    {
        Expect(2);
        var length = ReadVarint();
        return length <= (ulong)(_bytes.Length - _at)
            ? Take((int)length)
            : throw new ProtoFormatException($"field {Field} is longer than its message");
    }

    public ProtoReader ReadMessage()
    {
        if (_depth >= DepthMax)
            throw new ProtoFormatException($"the message is nested deeper than {DepthMax}");
        return new ProtoReader(ReadSpan(), _depth + 1);
    }

    /// <summary>Passes over the current field: a newer client may send fields that this version does not know.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case 0:
                ReadVarint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                ReadSpan();
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new ProtoFormatException($"field {Field} has the unknown wire type {_wireType}");
        }
    }

    private readonly void Expect(int wireType)
    {
        if (_wireType != wireType)
            throw new ProtoFormatException($"field {Field} has wire type {_wireType}, not {wireType}");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _at)
            throw new ProtoFormatException($"field {Field} ends behind its message");
        var span = _bytes.Slice(_at, length);
        _at += length;
        return span;
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_at >= _bytes.Length)
                break;
            var b = _bytes[_at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        throw new ProtoFormatException("a number does not end");
    }
}
