using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>
/// Says which connections pods may have. Pods that no policy chooses may have all; those that some do, only what one of these allows.
/// </summary>
[Kind("networking.k8s.io", "v1", "NetworkPolicy")]
[Resource("networkpolicies", "networkpolicy", ShortNames = "netpol")]
public sealed partial record NetworkPolicy
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, and what is allowed.</summary>
    [Field(2)]
    public NetworkPolicySpec Spec { get; init; } = NetworkPolicySpec.Empty;
}
