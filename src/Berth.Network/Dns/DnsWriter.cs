using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Berth.Network.Dns;

/// <summary>
/// Writes one message into a buffer that is also its size limit. Owner names and the names inside CNAME, NS, PTR and SOA are compressed
/// against what was written before; those inside SRV are not, because RFC 2782 forbids it.
/// </summary>
internal ref struct DnsWriter(Span<byte> buffer, int reserve)
{
    /// <summary>Size of the OPT record that <see cref="WriteOpt"/> writes.</summary>
    public const int OptBytes = 11;

    private readonly Span<byte> _buffer = buffer;
    private readonly int _limit = buffer.Length - reserve;
    private Suffixes _suffixes;
    private int _suffixCount;

    public int Length { get; private set; }

    public void SkipHeader() => Length = DnsHeader.Bytes;

    public readonly void WriteHeader(DnsHeader header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, header.Id);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], header.Flags);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[4..], header.Questions);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[6..], header.Answers);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[8..], header.Authorities);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[10..], header.Additionals);
    }

    /// <exception cref="ArgumentException">The buffer cannot hold header and question: it must have at least 512 bytes.</exception>
    public void WriteQuestion(DnsQuestion question)
    {
        if (!TryWriteName(question.Name, compress: true) || Length + 4 > _limit)
            throw new ArgumentException("the buffer is too small for a question");
        WriteUInt16((ushort)question.Type);
        WriteUInt16((ushort)question.Class);
    }

    public void WriteOpt(DnsEdns edns, byte upperRcode)
    {
        _buffer[Length++] = 0;
        WriteUInt16((ushort)DnsType.OPT);
        WriteUInt16(edns.UdpPayloadBytes);
        WriteUInt32(((uint)upperRcode << 24) | ((uint)edns.Version << 16) | (edns.DnssecOk ? 0x8000u : 0));
        WriteUInt16(0);
    }

    /// <summary>Writes the whole record, or nothing and returns false where it does not fit.</summary>
    public bool TryWriteRecord(DnsRecord record)
    {
        var start = Length;
        var suffixes = _suffixCount;
        if (TryWriteName(record.Name, compress: true) && Length + 10 <= _limit)
        {
            WriteUInt16((ushort)record.Type);
            WriteUInt16((ushort)DnsClass.IN);
            WriteUInt32(record.Ttl);
            var lengthAt = Length;
            Length += 2;
            if (TryWriteData(record.Data))
            {
                BinaryPrimitives.WriteUInt16BigEndian(_buffer[lengthAt..], (ushort)(Length - lengthAt - 2));
                return true;
            }
        }
        Length = start;
        _suffixCount = suffixes;
        return false;
    }

    private bool TryWriteData(DnsData data)
    {
        switch (data)
        {
            case AddressData address:
                if (Length + (address.Address.AddressFamily == AddressFamily.InterNetworkV6 ? 16 : 4) > _limit)
                    return false;
                address.Address.TryWriteBytes(_buffer[Length..], out var written);
                Length += written;
                return true;
            case NameData name:
                return TryWriteName(name.Target, compress: true);
            case SrvData srv:
                if (Length + 6 > _limit)
                    return false;
                WriteUInt16(srv.Priority);
                WriteUInt16(srv.Weight);
                WriteUInt16(srv.Port);
                return TryWriteName(srv.Target, compress: false);
            case SoaData soa:
                if (!TryWriteName(soa.Primary, compress: true) || !TryWriteName(soa.Mailbox, compress: true) || Length + 20 > _limit)
                    return false;
                WriteUInt32(soa.Serial);
                WriteUInt32(soa.Refresh);
                WriteUInt32(soa.Retry);
                WriteUInt32(soa.Expire);
                WriteUInt32(soa.Minimum);
                return true;
            case TxtData txt:
                foreach (var text in txt.Strings)
                {
                    if (text.Length > byte.MaxValue || Length + 1 + text.Length > _limit)
                        return false;
                    _buffer[Length++] = (byte)text.Length;
                    Length += Encoding.Latin1.GetBytes(text, _buffer[Length..]);
                }
                return true;
            case OpaqueData opaque:
                if (Length + opaque.Bytes.Length > _limit)
                    return false;
                opaque.Bytes.CopyTo(_buffer[Length..]);
                Length += opaque.Bytes.Length;
                return true;
            default:
                throw new InvalidOperationException($"no wire form for {data.GetType().Name}");
        }
    }

    private bool TryWriteName(DnsName name, bool compress)
    {
        var wire = name.Wire;
        for (var at = 0; ; at += wire[at] + 1)
        {
            var rest = wire[at..];
            if (rest.Length == 1)
            {
                if (Length + 1 > _limit)
                    return false;
                _buffer[Length++] = 0;
                return true;
            }
            if (compress && FindSuffix(rest) is { } pointer)
            {
                if (Length + 2 > _limit)
                    return false;
                WriteUInt16((ushort)(0xC000 | pointer));
                return true;
            }
            if (Length + rest[0] + 1 > _limit)
                return false;
            // A pointer has 14 bits; further names cannot be pointed to.
            if (Length < 0x4000 && _suffixCount < Suffixes.Max)
                _suffixes[_suffixCount++] = (ushort)Length;
            rest[..(rest[0] + 1)].CopyTo(_buffer[Length..]);
            Length += rest[0] + 1;
        }
    }

    private readonly ushort? FindSuffix(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _suffixCount; i++)
        {
            if (Matches(_suffixes[i], name))
                return _suffixes[i];
        }
        return null;
    }

    // Ignores case, so that owner names point to the question and repeat its case, which resolvers that randomise it check (RFC 4343, "0x20").
    private readonly bool Matches(int at, ReadOnlySpan<byte> name)
    {
        while (at < Length)
        {
            var head = _buffer[at];
            if (head >= 0xC0)
            {
                at = ((head & 0x3F) << 8) | _buffer[at + 1];
                continue;
            }
            if (head != name[0] || at + head >= Length || !DnsName.EqualsIgnoreCase(_buffer.Slice(at + 1, head), name.Slice(1, head)))
                return false;
            if (head == 0)
                return true;
            name = name[(head + 1)..];
            at += head + 1;
        }
        // The candidate is the name being written just now: its end is not there yet.
        return false;
    }

    private void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], value);
        Length += 2;
    }

    private void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], value);
        Length += 4;
    }

    /// <summary>Offsets of name suffixes that may be pointed to. Bounded, because each is compared with each name that follows; answers with more distinct names only compress less.</summary>
    [InlineArray(Max)]
    private struct Suffixes
    {
        public const int Max = 48;

        private ushort _first;
    }
}
