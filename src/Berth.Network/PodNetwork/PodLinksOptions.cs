namespace Berth.Network.PodNetwork;

/// <summary>Which links are the pods', and how large their packets are.</summary>
public sealed record PodLinksOptions
{
    /// <summary>What all kernels carry, and what links have from the start.</summary>
    public const uint SizeMin = 65536;

    /// <summary>What the kernel allows at most: eight times the length field of IPv4.</summary>
    public const uint SizeLimit = 8 * 65535;

    /// <summary>The bridge that they hang on.</summary>
    public required string Bridge { get; init; }

    /// <summary>Where the container runtime keeps the pods' network namespaces, one file each.</summary>
    public string NamespaceDirectory { get; init; } = "/run/netns";

    /// <summary>The largest packet of a pod, in bytes; 65536 is the kernel's own. Null: as large as the devices allow by which packets leave the node.</summary>
    public uint? SizeMax { get; init; }

    /// <summary>Where what other devices had is kept; see <see cref="PodNetworkOptions.StateDirectory"/>.</summary>
    public required string StateDirectory { get; init; }
}
