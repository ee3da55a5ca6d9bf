using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Berth.Resources.Addresses;

namespace Berth.Network.PodNetwork;

/// <summary>A machine whose pods are to be reached.</summary>
/// <param name="Address">By which other machines reach it; the far end of a tunnel.</param>
public sealed record PodPeer(string Name, IPAddress Address, IpRanges Range)
{
    /// <summary>Of the other family; null where it has none.</summary>
    public IPAddress? OtherAddress { get; init; }

    /// <summary>Its public key, for <see cref="PodNetworkMode.Wireguard"/>; null while it has told none.</summary>
    public string? Key { get; init; }

    public IPAddress? AddressOf(AddressFamily family) => Address.AddressFamily == family ? Address : OtherAddress?.AddressFamily == family ? OtherAddress : null;
}

/// <summary>How this machine reaches the pods of others.</summary>
public sealed record NodeRoutesOptions
{
    public PodNetworkMode Mode { get; init; } = PodNetworkMode.Auto;

    /// <summary>The address by which other machines reach this one.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Of the other family; null where it has none. Pods' packets of that family then go through tunnels of the first.</summary>
    public IPAddress? OtherAddress { get; init; }

    /// <summary>Tells the tunnels of clusters apart that share machines or networks; 24 bits, the same on all machines of a cluster.</summary>
    public int TunnelId { get; init; } = 1;

    /// <summary>VXLAN's UDP port. 8472 is what Linux took before there was a number for VXLAN, and what other pod networks use.</summary>
    public int TunnelPort { get; init; } = 8472;

    /// <summary>WireGuard's UDP port, the same on all machines.</summary>
    public int WireguardPort { get; init; } = 51820;

    /// <summary>Where this machine's private key is kept.</summary>
    public string WireguardKeyFile { get; init; } = "";

    /// <summary>Largest packet in a tunnel.</summary>
    public int TunnelMtu { get; init; } = 1420;

    /// <summary>Annotation of a Node: its public key.</summary>
    public const string WireguardKey = "berth.dev/wireguard";

    /// <summary>Machines with a range that are no nodes: the control plane's.</summary>
    public ImmutableArray<PodPeer> Fixed { get; init; } = [];
}
