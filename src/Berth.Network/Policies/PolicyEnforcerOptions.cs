using System.Collections.Immutable;
using System.Net.Sockets;

namespace Berth.Network.Policies;

/// <summary>How network policies are enforced on a node.</summary>
public sealed record PolicyEnforcerOptions
{
    /// <summary>The nftables table, beside that of the Services.</summary>
    public required string Table { get; init; }

    public required string NodeName { get; init; }

    /// <summary>Of the pods' addresses.</summary>
    public ImmutableArray<AddressFamily> Families { get; init; } = [AddressFamily.InterNetwork];

    /// <summary>
    /// Whether a second table, in the bridge itself, guards pods of one bridge from each other: for kernels that do not show such packets
    /// to the first (<see cref="PodNetwork.PodNetworkStatus.BridgeNetfilter"/>). See <see cref="PolicyEnforcer.CanGuardBridgeAsync"/>.
    /// </summary>
    public bool GuardBridge { get; init; }

    /// <summary>Least time between two updates. The first change after a quiet time is applied at once.</summary>
    public TimeSpan IntervalMin { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(20);
}
