using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Settings for the pod's resolver, beside those that dnsPolicy gives.</summary>
public sealed partial record PodDNSConfig
{
    /// <summary>Addresses of DNS servers, three at most, behind those of dnsPolicy.</summary>
    [Field(1)]
    public ApiList<string> Nameservers { get; init; } = [];

    /// <summary>Domains in which short names are looked for, 32 at most, behind those of dnsPolicy.</summary>
    [Field(2)]
    public ApiList<string> Searches { get; init; } = [];

    /// <summary>Options of the resolver; they win over those of dnsPolicy.</summary>
    [Field(3)]
    public ApiList<PodDNSConfigOption> Options { get; init; } = [];
}
