using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Pods, and what is allowed.</summary>
public sealed partial record NetworkPolicySpec
{
    /// <summary>Labels of the pods that it is for; empty: all of the namespace.</summary>
    [Field(1)]
    public LabelSelector PodSelector { get; init; } = LabelSelector.Empty;

    /// <summary>Connections that may come in. Empty: none.</summary>
    [Field(2)]
    public ApiList<NetworkPolicyIngressRule> Ingress { get; init; } = [];

    /// <summary>Connections that may go out. Empty: none.</summary>
    [Field(3)]
    public ApiList<NetworkPolicyEgressRule> Egress { get; init; } = [];

    /// <summary>Directions that it limits: Ingress, Egress or both. Default: Ingress, and Egress when there are rules for it.</summary>
    [Field(4)]
    public ApiList<string> PolicyTypes { get; init; } = [];
}
