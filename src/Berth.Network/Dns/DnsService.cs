using System.Collections.Immutable;
using System.Net;

namespace Berth.Network.Dns;

/// <summary>What DNS needs to know of one Service and its endpoints. Names are lower case, as the API requires.</summary>
public sealed record DnsService(string Namespace, string Name)
{
    /// <summary>Empty for headless and ExternalName Services.</summary>
    public ImmutableArray<IPAddress> ClusterIps { get; init; } = [];

    public bool Headless { get; init; }

    /// <summary>Not null for Services of type ExternalName.</summary>
    public string? ExternalName { get; init; }

    public bool PublishNotReadyAddresses { get; init; }

    public ImmutableArray<DnsPort> Ports { get; init; } = [];

    public ImmutableArray<DnsEndpoint> Endpoints { get; init; } = [];
}

/// <param name="Name">Empty for the only, unnamed port.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
public readonly record struct DnsPort(string Name, string Protocol, int Port);

/// <param name="Hostname">Empty where the endpoint has none; then its address with dashes is its name.</param>
/// <param name="Ports">The ports of the slice that the endpoint is in.</param>
public sealed record DnsEndpoint(IPAddress Address, string Hostname, bool Ready, ImmutableArray<DnsPort> Ports);

/// <summary>What a snapshot says to one question.</summary>
/// <param name="Alias">Where the answer ends in a CNAME: the name to go on with, for the server to complete.</param>
public sealed record DnsAnswer(
    DnsRcode Rcode,
    ImmutableArray<DnsRecord> Answers,
    ImmutableArray<DnsRecord> Authorities,
    ImmutableArray<DnsRecord> Additionals,
    DnsName? Alias = null);
