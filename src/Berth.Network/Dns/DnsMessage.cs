using System.Collections.Immutable;

namespace Berth.Network.Dns;

public readonly record struct DnsQuestion(DnsName Name, DnsType Type, DnsClass Class = DnsClass.IN);

/// <summary>What the OPT pseudo-record says (RFC 6891). Options inside it are ignored on reading and never written.</summary>
public readonly record struct DnsEdns(ushort UdpPayloadBytes, bool DnssecOk = false, byte Version = 0);

/// <summary>A DNS message by meaning. The OPT record is <see cref="Edns"/>, never an additional record.</summary>
public sealed class DnsMessage
{
    /// <summary>Largest UDP message without EDNS (RFC 1035).</summary>
    public const int UdpBytesMax = 512;

    /// <summary>What we offer over UDP with EDNS: it fits any path MTU that IPv6 allows, so that answers are not fragmented (DNS flag day 2020).</summary>
    public const int EdnsBytesMax = 1232;

    public const int TcpBytesMax = 65535;

    public ushort Id { get; init; }
    public bool IsResponse { get; init; }
    public byte Opcode { get; init; }
    public bool Authoritative { get; init; }
    public bool Truncated { get; init; }
    public bool RecursionDesired { get; init; }
    public bool RecursionAvailable { get; init; }
    public bool AuthenticData { get; init; }
    public bool CheckingDisabled { get; init; }

    /// <summary>With its upper bits from the OPT record.</summary>
    public DnsRcode Rcode { get; init; }

    public ImmutableArray<DnsQuestion> Questions { get; init; } = [];
    public ImmutableArray<DnsRecord> Answers { get; init; } = [];
    public ImmutableArray<DnsRecord> Authorities { get; init; } = [];
    public ImmutableArray<DnsRecord> Additionals { get; init; } = [];
    public DnsEdns? Edns { get; init; }

    /// <exception cref="DnsFormatException">The bytes are not one DNS message.</exception>
    public static DnsMessage Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new DnsReader(bytes);
        var header = reader.ReadHeader();
        var questions = ImmutableArray.CreateBuilder<DnsQuestion>(Math.Min((int)header.Questions, 4));
        for (var i = 0; i < header.Questions; i++)
            questions.Add(reader.ReadQuestion());
        DnsEdns? edns = null;
        var rcode = header.Flags & 0xF;
        var answers = ReadSection(ref reader, header.Answers, ref edns, ref rcode, inAdditionals: false);
        var authorities = ReadSection(ref reader, header.Authorities, ref edns, ref rcode, inAdditionals: false);
        var additionals = ReadSection(ref reader, header.Additionals, ref edns, ref rcode, inAdditionals: true);
        return new DnsMessage
        {
            Id = header.Id,
            IsResponse = (header.Flags & DnsHeader.Response) != 0,
            Opcode = (byte)((header.Flags >> 11) & 0xF),
            Authoritative = (header.Flags & DnsHeader.AuthoritativeAnswer) != 0,
            Truncated = (header.Flags & DnsHeader.Truncation) != 0,
            RecursionDesired = (header.Flags & DnsHeader.RecursionDesired) != 0,
            RecursionAvailable = (header.Flags & DnsHeader.RecursionAvailable) != 0,
            AuthenticData = (header.Flags & DnsHeader.AuthenticData) != 0,
            CheckingDisabled = (header.Flags & DnsHeader.CheckingDisabled) != 0,
            Rcode = (DnsRcode)rcode,
            Questions = questions.ToImmutable(),
            Answers = answers,
            Authorities = authorities,
            Additionals = additionals,
            Edns = edns,
        };
    }

    private static ImmutableArray<DnsRecord> ReadSection(ref DnsReader reader, int count, ref DnsEdns? edns, ref int rcode, bool inAdditionals)
    {
        if (count == 0)
            return [];
        var records = ImmutableArray.CreateBuilder<DnsRecord>();
        for (var i = 0; i < count; i++)
        {
            if (reader.TryReadOpt(out var opt, out var upperRcode))
            {
                if (!inAdditionals || edns is not null)
                    throw new DnsFormatException("an OPT record stands outside the additional section, or twice");
                edns = opt;
                rcode |= upperRcode << 4;
            }
            else if (reader.ReadRecord() is { } record)
            {
                records.Add(record);
            }
        }
        return records.ToImmutable();
    }

    /// <summary>
    /// Writes the message into at most <paramref name="limit"/> bytes. Where it does not fit, whole records are left out from the end, and
    /// the TC bit says so when an answer or authority was among them (additional records are a courtesy, RFC 2181 section 9).
    /// </summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, int limit)
    {
        var writer = new DnsWriter(destination[..Math.Min(limit, destination.Length)], reserve: Edns is null ? 0 : DnsWriter.OptBytes);
        writer.SkipHeader();
        foreach (var question in Questions)
            writer.WriteQuestion(question);
        var answers = WriteSection(ref writer, Answers);
        var authorities = answers == Answers.Length ? WriteSection(ref writer, Authorities) : 0;
        var truncated = answers < Answers.Length || authorities < Authorities.Length;
        var additionals = truncated ? 0 : WriteSection(ref writer, Additionals);
        if (Edns is { } edns)
            writer.WriteOpt(edns, (byte)((int)Rcode >> 4));
        var flags = ((int)Rcode & 0xF) | ((Opcode & 0xF) << 11)
            | (IsResponse ? DnsHeader.Response : 0) | (Authoritative ? DnsHeader.AuthoritativeAnswer : 0)
            | (Truncated || truncated ? DnsHeader.Truncation : 0) | (RecursionDesired ? DnsHeader.RecursionDesired : 0)
            | (RecursionAvailable ? DnsHeader.RecursionAvailable : 0) | (AuthenticData ? DnsHeader.AuthenticData : 0)
            | (CheckingDisabled ? DnsHeader.CheckingDisabled : 0);
        writer.WriteHeader(new DnsHeader(Id, (ushort)flags, (ushort)Questions.Length, (ushort)answers, (ushort)authorities,
            (ushort)(additionals + (Edns is null ? 0 : 1))));
        return writer.Length;
    }

    public byte[] ToBytes(int limit = TcpBytesMax)
    {
        var buffer = new byte[Math.Min(limit, TcpBytesMax)];
        return buffer.AsSpan(0, Write(buffer, limit)).ToArray();
    }

    private static int WriteSection(ref DnsWriter writer, ImmutableArray<DnsRecord> records)
    {
        var written = 0;
        foreach (var record in records)
        {
            if (!writer.TryWriteRecord(record))
                break;
            written++;
        }
        return written;
    }
}
