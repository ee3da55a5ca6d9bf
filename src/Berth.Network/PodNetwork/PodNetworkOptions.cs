using System.Net;
using Berth.Resources.Addresses;

namespace Berth.Network.PodNetwork;

/// <summary>This node's part of the pod network.</summary>
public sealed record PodNetworkOptions
{
    /// <summary>At most 15 bytes. The CNI bridge plugin is to use the same name, with <c>isGateway</c> and <c>hairpinMode</c>, without <c>ipMasq</c>.</summary>
    public required string Bridge { get; init; }

    /// <summary>The addresses of this node's pods. The first one of each family is the bridge's own.</summary>
    public required IpRanges NodePodNetwork { get; init; }

    public required IpRanges ServiceNetwork { get; init; }

    /// <summary>Whether NodePorts answer on 127.0.0.1, for the machine's own processes.</summary>
    public bool LocalhostNodePorts { get; init; } = true;

    /// <summary>Where kernel settings as found are kept until all instances are gone. On a file system that, like those settings, does not survive a reboot; shared by all instances of one network namespace, whose settings they are.</summary>
    public string StateDirectory { get; init; } = DefaultStateDirectory;

    // "net:[4026531840]": the number tells namespaces apart.
    private static string DefaultStateDirectory => Path.Combine("/run/berth-network", File.ResolveLinkTarget("/proc/self/ns/net", false)?.Name.Trim("net:[]".ToCharArray()) ?? "0");

    /// <summary>The bridge's address, which is the pods' gateway: the first of their network.</summary>
    public IPAddress Gateway => NthAddress(NodePodNetwork.Primary, 1);

    /// <summary>One of each family.</summary>
    public IEnumerable<IPAddress> Gateways => NodePodNetwork.All.Select(r => NthAddress(r, 1));

    internal bool HasV4 => NodePodNetwork.Of(System.Net.Sockets.AddressFamily.InterNetwork) is not null;

    internal bool HasV6 => NodePodNetwork.Of(System.Net.Sockets.AddressFamily.InterNetworkV6) is not null;

    /// <summary>The <paramref name="index"/>-th address of a network; its base address is number 0. The cluster DNS Service has number 10 of the Service network, the API server number 1.</summary>
    public static IPAddress NthAddress(IPNetwork network, int index)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        for (var i = bytes.Length - 1; index > 0 && i >= 0; i--)
        {
            index += bytes[i];
            bytes[i] = (byte)index;
            index >>= 8;
        }
        var address = new IPAddress(bytes);
        return network.Contains(address)
            ? address
            : throw new ArgumentException($"{network} is too small for the addresses that Berth needs in it", nameof(network));
    }
}
