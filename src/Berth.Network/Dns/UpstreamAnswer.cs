using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Berth.Network.Dns;

/// <summary>
/// A message from an upstream server, kept as bytes: whatever types it holds pass through unread. The OPT record is taken out, since it
/// speaks of one hop only; identity, question case and TTLs are put in when the answer is given.
/// </summary>
internal sealed class UpstreamAnswer
{
    private readonly byte[] _bytes;
    private readonly ImmutableArray<int> _ttlOffsets;

    private UpstreamAnswer(byte[] bytes, ImmutableArray<int> ttlOffsets, TimeSpan keep)
    {
        _bytes = bytes;
        _ttlOffsets = ttlOffsets;
        Keep = keep;
    }

    /// <summary>How long the answer may be given again; zero for one that must not be kept.</summary>
    public TimeSpan Keep { get; }

    public int Length => _bytes.Length;

    public bool Truncated => (Flags & DnsHeader.Truncation) != 0;

    public DnsRcode Rcode => (DnsRcode)(Flags & 0xF);

    private int Flags => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(2));

    /// <summary>Reads the answer to <paramref name="question"/>; null where the bytes are the answer to something else (late, or forged).</summary>
    /// <exception cref="DnsFormatException">Not a DNS message.</exception>
    public static UpstreamAnswer? Parse(ReadOnlySpan<byte> bytes, ushort id, DnsQuestion question, DnsForwarderOptions options)
    {
        var reader = new DnsReader(bytes);
        var header = reader.ReadHeader();
        if (header.Id != id || (header.Flags & DnsHeader.Response) == 0 || header.Questions != 1 || reader.ReadQuestion() != question)
            return null;
        var offsets = ImmutableArray.CreateBuilder<int>(header.Answers + header.Authorities);
        var ttl = uint.MaxValue;
        uint? negativeTtl = null;
        for (var i = 0; i < header.Answers; i++)
            ReadRecord(ref reader, offsets, ref ttl, out _);
        for (var i = 0; i < header.Authorities; i++)
        {
            ReadRecord(ref reader, offsets, ref ttl, out var minimum);
            negativeTtl = minimum ?? negativeTtl;
        }
        var end = reader.Position;
        var additionals = 0;
        for (; additionals < header.Additionals && !reader.TryReadOpt(out _, out _); additionals++)
        {
            var ignored = uint.MaxValue;
            ReadRecord(ref reader, offsets, ref ignored, out _);
            end = reader.Position;
        }
        var copy = bytes[..end].ToArray();
        // Records after an OPT are dropped with it: later names may point to places that would move.
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(10), (ushort)additionals);
        var rcode = (DnsRcode)(header.Flags & 0xF);
        var keep = rcode switch
        {
            _ when (header.Flags & DnsHeader.Truncation) != 0 => TimeSpan.Zero,
            DnsRcode.NoError when header.Answers > 0 => Min(ttl, options.PositiveTtlMax),
            DnsRcode.NoError or DnsRcode.NxDomain when negativeTtl is { } seconds => Min(Math.Min(seconds, ttl), options.NegativeTtlMax),
            _ => TimeSpan.Zero,
        };
        return new UpstreamAnswer(copy, offsets.ToImmutable(), keep);
    }

    private static TimeSpan Min(uint seconds, TimeSpan max) => seconds < max.TotalSeconds ? TimeSpan.FromSeconds(seconds) : max;

    private static void ReadRecord(ref DnsReader reader, ImmutableArray<int>.Builder offsets, ref uint ttl, out uint? soaMinimum)
    {
        soaMinimum = null;
        reader.SkipName();
        var type = (DnsType)reader.ReadUInt16();
        reader.ReadUInt16();
        offsets.Add(reader.Position);
        ttl = Math.Min(ttl, reader.ReadUInt32());
        var end = reader.ReadUInt16() + reader.Position;
        if (type == DnsType.SOA)
        {
            reader.SkipName();
            reader.SkipName();
            reader.Skip(16);
            soaMinimum = reader.ReadUInt32();
        }
        reader.Skip(end - reader.Position);
    }

    /// <summary>The records of types that may be copied into another message: opaque data might hold compressed names.</summary>
    public (DnsRcode Rcode, ImmutableArray<DnsRecord> Answers, ImmutableArray<DnsRecord> Authorities) Records()
    {
        var message = DnsMessage.Parse(_bytes);
        return (message.Rcode, message.Answers.RemoveAll(r => r.Data is OpaqueData), message.Authorities.RemoveAll(r => r.Data is OpaqueData));
    }

    /// <summary>Writes the answer for one client, or only its question with the TC bit where it is longer than <paramref name="limit"/>.</summary>
    /// <param name="age">Time since the answer came; TTLs are that much shorter.</param>
    public int Write(Span<byte> destination, int limit, DnsMessage query, TimeSpan age)
    {
        var question = query.Questions[0];
        var opt = query.Edns is null ? 0 : DnsWriter.OptBytes;
        var questionEnd = DnsHeader.Bytes + question.Name.Wire.Length + 4;
        var fits = _bytes.Length + opt <= limit;
        var length = fits ? _bytes.Length : questionEnd;
        _bytes.AsSpan(0, length).CopyTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination, query.Id);
        // Never authoritative here; recursion is what we did.
        var flags = (Flags & ~(DnsHeader.AuthoritativeAnswer | DnsHeader.RecursionDesired)) | DnsHeader.RecursionAvailable
            | (query.RecursionDesired ? DnsHeader.RecursionDesired : 0) | (fits ? 0 : DnsHeader.Truncation);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)flags);
        question.Name.Wire.CopyTo(destination[DnsHeader.Bytes..]);
        if (fits)
        {
            foreach (var offset in _ttlOffsets)
            {
                var ttl = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));
                var left = Math.Min(Math.Max(0, ttl - age.TotalSeconds), Keep > TimeSpan.Zero ? Math.Max(0, (Keep - age).TotalSeconds) : ttl);
                BinaryPrimitives.WriteUInt32BigEndian(destination[offset..], (uint)left);
            }
        }
        else
        {
            destination.Slice(6, 6).Clear();
        }
        if (query.Edns is { } edns)
        {
            var additionals = BinaryPrimitives.ReadUInt16BigEndian(destination[10..]);
            BinaryPrimitives.WriteUInt16BigEndian(destination[10..], (ushort)(additionals + 1));
            var writer = new DnsWriter(destination[length..], 0);
            writer.WriteOpt(new DnsEdns(DnsMessage.EdnsBytesMax, edns.DnssecOk), 0);
            length += writer.Length;
        }
        return length;
    }
}
