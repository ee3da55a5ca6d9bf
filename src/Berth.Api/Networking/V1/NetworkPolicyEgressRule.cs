using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Connections that go out. Both fields must match.</summary>
public sealed partial record NetworkPolicyEgressRule
{
    /// <summary>Ports that may be reached; empty: all.</summary>
    [Field(1)]
    public ApiList<NetworkPolicyPort> Ports { get; init; } = [];

    /// <summary>Where to; one must match. Empty: anywhere.</summary>
    [Field(2)]
    public ApiList<NetworkPolicyPeer> To { get; init; } = [];
}
