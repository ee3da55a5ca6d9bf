using System.Net;
using Berth.Join;
using Microsoft.Extensions.Logging;

namespace Berth.Agent;

/// <summary>What <c>berth agent</c> was asked for, checked.</summary>
internal sealed record AgentOptions
{
    public required string DataDirectory { get; init; }

    /// <summary>Null: the server that this machine joined earlier.</summary>
    public Uri? Server { get; init; }

    /// <summary>Null: this machine has joined earlier.</summary>
    public JoinToken? Token { get; init; }

    public required string NodeName { get; init; }

    /// <summary>By which other machines reach this one; null: the address with which it appears at the server, and the one of the other family if the cluster has both.</summary>
    public (IPAddress First, IPAddress? Second)? NodeAddresses { get; init; }

    public string? RuntimeEndpoint { get; init; }

    /// <summary>Of the certificates asked for; null leaves it to the cluster.</summary>
    public TimeSpan? CertificateLifetime { get; init; }

    /// <summary>Where the built-in ingress controller listens; null: there is none on this machine.</summary>
    public Ingress.IngressServerOptions? Ingress { get; init; }

    /// <summary>The largest packet between pods of this machine, in bytes; null: what its devices allow.</summary>
    public uint? PodPacketMax { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>How this machine shares out what it has.</summary>
    public Node.Resources.NodeConfiguration NodeConfiguration { get; init; } = Node.Resources.NodeConfiguration.Default;
}
