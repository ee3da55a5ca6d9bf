using System.Collections.Immutable;
using System.Net;

namespace Berth.Network.Proxy;

/// <summary>What the proxy needs to know of one Service and all its endpoints: a value, so that a change that does not concern the proxy is none.</summary>
public sealed record ProxyService(string Namespace, string Name)
{
    /// <summary>One of each IP family at most.</summary>
    public ImmutableArray<IPAddress> ClusterIps { get; init; } = [];

    public ImmutableArray<IPAddress> ExternalIps { get; init; } = [];

    /// <summary>Ingress addresses that deliver packets with the address itself (ipMode VIP).</summary>
    public ImmutableArray<IPAddress> LoadBalancerIps { get; init; } = [];

    /// <summary>Empty: everybody may use <see cref="LoadBalancerIps"/>.</summary>
    public ImmutableArray<IPNetwork> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary>How long a client stays with its endpoint after its last connection; null without affinity.</summary>
    public TimeSpan? ClientAffinity { get; init; }

    /// <summary>Port of every node on which balancers ask whether it has endpoints; 0 without.</summary>
    public int HealthCheckNodePort { get; init; }

    public bool InternalTrafficLocal { get; init; }

    public bool ExternalTrafficLocal { get; init; }

    public ImmutableArray<ProxyPort> Ports { get; init; } = [];

    public ImmutableArray<ProxyEndpoint> Endpoints { get; init; } = [];

    public bool Equals(ProxyService? other) => other is not null
        && Namespace == other.Namespace && Name == other.Name
        && ClientAffinity == other.ClientAffinity && HealthCheckNodePort == other.HealthCheckNodePort
        && InternalTrafficLocal == other.InternalTrafficLocal && ExternalTrafficLocal == other.ExternalTrafficLocal
        && ClusterIps.SequenceEqual(other.ClusterIps)
        && ExternalIps.SequenceEqual(other.ExternalIps)
        && LoadBalancerIps.SequenceEqual(other.LoadBalancerIps)
        && LoadBalancerSourceRanges.SequenceEqual(other.LoadBalancerSourceRanges)
        && Ports.SequenceEqual(other.Ports)
        && Endpoints.SequenceEqual(other.Endpoints);

    public override int GetHashCode() => HashCode.Combine(Namespace, Name, Ports.Length, Endpoints.Length);
}

/// <param name="Name">Empty for the only, unnamed port.</param>
/// <param name="Protocol">tcp, udp or sctp, as nftables writes it.</param>
/// <param name="NodePort">0 for none.</param>
public readonly record struct ProxyPort(string Name, string Protocol, int Port, int NodePort);

/// <summary>One address and port behind one of the Service's ports.</summary>
/// <param name="PortName">Name of the Service port that it serves.</param>
/// <param name="NodeName">Empty where it is not known.</param>
public sealed record ProxyEndpoint(IPAddress Address, string PortName, string Protocol, int Port, string NodeName)
{
    public bool Ready { get; init; } = true;

    /// <summary>Would be ready if it were not terminating.</summary>
    public bool Serving { get; init; } = true;

    public bool Terminating { get; init; }

    /// <summary>Zones whose traffic it should take; empty without hints.</summary>
    public ImmutableArray<string> ZoneHints { get; init; } = [];

    public ImmutableArray<string> NodeHints { get; init; } = [];

    public bool Equals(ProxyEndpoint? other) => other is not null
        && Address.Equals(other.Address) && PortName == other.PortName && Protocol == other.Protocol && Port == other.Port
        && NodeName == other.NodeName && Ready == other.Ready && Serving == other.Serving && Terminating == other.Terminating
        && ZoneHints.SequenceEqual(other.ZoneHints) && NodeHints.SequenceEqual(other.NodeHints);

    public override int GetHashCode() => HashCode.Combine(Address, PortName, Protocol, Port);
}
