using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace Berth.Network.Dns;

/// <summary>
/// Reads one message from bytes that anybody may have sent. Every read is checked against the end, and a compression pointer must lead
/// to an earlier place than the last one, so that a name is read in bounded time and never in a circle.
/// </summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Offset of the next byte to read.</summary>
    public int Position { get; private set; }

    public DnsHeader ReadHeader() => new(ReadUInt16(), ReadUInt16(), ReadUInt16(), ReadUInt16(), ReadUInt16(), ReadUInt16());

    public DnsQuestion ReadQuestion() => new(ReadName(), (DnsType)ReadUInt16(), (DnsClass)ReadUInt16());

    public DnsName ReadName()
    {
        Span<byte> name = stackalloc byte[DnsName.LengthMax];
        var length = 0;
        var at = Position;
        var lowestPointer = Position;
        var jumped = false;
        while (true)
        {
            var head = ByteAt(at);
            if (head <= DnsName.LabelLengthMax)
            {
                if (length + head + 1 > DnsName.LengthMax || at + 1 + head > _message.Length)
                    throw new DnsFormatException("a name is longer than 255 bytes or than the message");
                _message.Slice(at, head + 1).CopyTo(name[length..]);
                length += head + 1;
                at += head + 1;
                if (head != 0)
                    continue;
                if (!jumped)
                    Position = at;
                return DnsName.FromWire(name[..length]);
            }
            if ((head & 0xC0) != 0xC0)
                throw new DnsFormatException($"a label starts with the reserved bits of 0x{head:x2}");
            var pointer = ((head & 0x3F) << 8) | ByteAt(at + 1);
            if (pointer >= lowestPointer)
                throw new DnsFormatException($"a compression pointer at {at} leads forward to {pointer}");
            if (!jumped)
                Position = at + 2;
            jumped = true;
            lowestPointer = pointer;
            at = pointer;
        }
    }

    /// <summary>Moves behind a name without reading what it points to.</summary>
    public void SkipName()
    {
        while (true)
        {
            var head = ByteAt(Position);
            if (head >= 0xC0)
            {
                Position += 2;
                return;
            }
            if (head > DnsName.LabelLengthMax)
                throw new DnsFormatException($"a label starts with the reserved bits of 0x{head:x2}");
            Position += head + 1;
            if (head == 0)
                return;
        }
    }

    /// <summary>Reads the record here if it is an OPT; otherwise leaves the position alone.</summary>
    public bool TryReadOpt(out DnsEdns edns, out byte upperRcode)
    {
        edns = default;
        upperRcode = 0;
        // An OPT is owned by the root, so that its type stands one byte further on.
        if (Position + 11 > _message.Length || _message[Position] != 0
            || BinaryPrimitives.ReadUInt16BigEndian(_message[(Position + 1)..]) != (ushort)DnsType.OPT)
        {
            return false;
        }
        Position += 3;
        var payload = ReadUInt16();
        var extended = ReadUInt32();
        Skip(ReadUInt16());
        upperRcode = (byte)(extended >> 24);
        edns = new DnsEdns(payload, (extended & 0x8000) != 0, (byte)(extended >> 16));
        return true;
    }

    /// <summary>Reads one record; null for one of another class than IN.</summary>
    public DnsRecord? ReadRecord()
    {
        var name = ReadName();
        var type = (DnsType)ReadUInt16();
        var @class = (DnsClass)ReadUInt16();
        var ttl = ReadUInt32();
        var end = ReadUInt16() + Position;
        if (end > _message.Length)
            throw new DnsFormatException("a record is longer than the message");
        if (@class != DnsClass.IN)
        {
            Position = end;
            return null;
        }
        var data = ReadData(type, end);
        if (Position != end)
            throw new DnsFormatException($"the data of a {type} record is not as long as it says");
        return new DnsRecord(name, type, ttl, data);
    }

    private DnsData ReadData(DnsType type, int end)
    {
        switch (type)
        {
            case DnsType.A:
                return new AddressData(new IPAddress(Read(4)));
            case DnsType.AAAA:
                return new AddressData(new IPAddress(Read(16)));
            case DnsType.CNAME or DnsType.NS or DnsType.PTR:
                return new NameData(ReadName());
            case DnsType.SRV:
                return new SrvData(ReadUInt16(), ReadUInt16(), ReadUInt16(), ReadName());
            case DnsType.SOA:
                return new SoaData(ReadName(), ReadName(), ReadUInt32(), ReadUInt32(), ReadUInt32(), ReadUInt32(), ReadUInt32());
            case DnsType.TXT:
                var strings = ImmutableArray.CreateBuilder<string>();
                while (Position < end)
                    strings.Add(Encoding.Latin1.GetString(Read(ReadByte())));
                return new TxtData(strings.ToImmutable());
            default:
                return new OpaqueData([.. Read(end - Position)]);
        }
    }

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16BigEndian(Read(2));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32BigEndian(Read(4));

    public void Skip(int count) => Read(count);

    private byte ReadByte() => Read(1)[0];

    private readonly byte ByteAt(int index) =>
        index < _message.Length ? _message[index] : throw new DnsFormatException("the message ends inside a name");

    private ReadOnlySpan<byte> Read(int count)
    {
        if (count < 0 || count > _message.Length - Position)
            throw new DnsFormatException("the message ends too early");
        var bytes = _message.Slice(Position, count);
        Position += count;
        return bytes;
    }
}
