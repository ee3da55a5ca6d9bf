namespace Berth.Network.PodNetwork;

/// <summary>How the pods of different nodes reach each other.</summary>
public enum PodNetworkMode
{
    /// <summary>To each node the plainest way: a route where it is on the same layer-2 network, VXLAN otherwise.</summary>
    Auto,

    /// <summary>Routes by the nodes' addresses alone: all nodes are on one layer-2 network, or the network between them knows the ranges.</summary>
    Routes,

    /// <summary>VXLAN to every node, also where the network between them drops packets with pods' addresses (many clouds).</summary>
    Vxlan,

    /// <summary>Encrypted tunnels to every node; the kernel must have WireGuard.</summary>
    Wireguard,
}
