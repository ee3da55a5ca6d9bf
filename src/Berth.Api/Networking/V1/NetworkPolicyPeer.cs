using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>The other side: pods, or addresses, not both.</summary>
public sealed partial record NetworkPolicyPeer
{
    /// <summary>Labels of pods, in the namespaces of namespaceSelector; without that, in the policy's own.</summary>
    [Field(1)]
    public LabelSelector? PodSelector { get; init; }

    /// <summary>Labels of namespaces; empty: all. Without podSelector all of their pods.</summary>
    [Field(2)]
    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>Addresses.</summary>
    [Field(3)]
    public IPBlock? IpBlock { get; init; }
}
