namespace Berth.Network.Dns;

/// <summary>Record types that this server reads or writes by meaning; every other number travels as opaque data.</summary>
public enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    PTR = 12,
    TXT = 16,
    AAAA = 28,
    SRV = 33,
    OPT = 41,
    ANY = 255,
}

/// <summary>Record classes. Only <see cref="IN"/> carries data here.</summary>
public enum DnsClass : ushort
{
    IN = 1,
    CH = 3,
    ANY = 255,
}

/// <summary>Response codes of RFC 1035 and RFC 6891 (values above 15 need EDNS).</summary>
public enum DnsRcode : ushort
{
    NoError = 0,
    FormErr = 1,
    ServFail = 2,
    NxDomain = 3,
    NotImp = 4,
    Refused = 5,
    BadVers = 16,
}

/// <summary>The one error of the parser: the bytes are not a DNS message. Nothing else escapes from it, whatever the bytes.</summary>
public sealed class DnsFormatException(string message) : Exception(message);
