using System.Collections.Immutable;
using System.Net;

namespace Berth.Network.Dns;

/// <summary>One resource record. The class is IN throughout: nothing else is served or read by meaning.</summary>
/// <param name="Ttl">Seconds.</param>
public sealed record DnsRecord(DnsName Name, DnsType Type, uint Ttl, DnsData Data)
{
    public static DnsRecord Address(DnsName name, uint ttl, IPAddress address) =>
        new(name, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? DnsType.AAAA : DnsType.A, ttl, new AddressData(address));

    public static DnsRecord Alias(DnsName name, uint ttl, DnsName target) => new(name, DnsType.CNAME, ttl, new NameData(target));

    public static DnsRecord Pointer(DnsName name, uint ttl, DnsName target) => new(name, DnsType.PTR, ttl, new NameData(target));
}

/// <summary>The data of a record, by shape.</summary>
public abstract record DnsData;

/// <summary>A (4 bytes) and AAAA (16 bytes).</summary>
public sealed record AddressData(IPAddress Address) : DnsData;

/// <summary>CNAME, NS and PTR.</summary>
public sealed record NameData(DnsName Target) : DnsData;

public sealed record SrvData(ushort Priority, ushort Weight, ushort Port, DnsName Target) : DnsData;

/// <summary>Start of authority (RFC 1035). <paramref name="Minimum"/> is how long a negative answer may be kept (RFC 2308), in seconds like the others.</summary>
public sealed record SoaData(DnsName Primary, DnsName Mailbox, uint Serial, uint Refresh, uint Retry, uint Expire, uint Minimum) : DnsData;

/// <summary>Character strings of at most 255 bytes each.</summary>
public sealed record TxtData(ImmutableArray<string> Strings) : DnsData
{
    public bool Equals(TxtData? other) => other is not null && Strings.SequenceEqual(other.Strings);

    public override int GetHashCode() => Strings.Aggregate(0, HashCode.Combine);
}

/// <summary>A type that is not read by meaning. Its bytes are copied; they must not hold compressed names (RFC 3597).</summary>
public sealed record OpaqueData(ImmutableArray<byte> Bytes) : DnsData
{
    public bool Equals(OpaqueData? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes.AsSpan());

    public override int GetHashCode() => Bytes.Length;
}
