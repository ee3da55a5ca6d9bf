namespace Berth.ApiServer.Registry;

/// <summary>Syntax of an object's name.</summary>
public enum NameRule
{
    /// <summary>RFC 1123 subdomain: at most 253 characters of a-z, 0-9, '-' and '.'.</summary>
    DnsSubdomain,

    /// <summary>RFC 1123 label: at most 63 characters of a-z, 0-9 and '-'.</summary>
    DnsLabel,

    /// <summary>RFC 1035 label: as <see cref="DnsLabel"/>, beginning with a letter.</summary>
    Dns1035Label,

    /// <summary>Anything that can stand as one segment of a path: RBAC names with ':' and upper case.</summary>
    PathSegment,
}
