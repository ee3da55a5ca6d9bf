using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Ranges that the addresses of Services are taken from.</summary>
[Kind("networking.k8s.io", "v1", "ServiceCIDR")]
[Resource("servicecidrs", "servicecidr", Namespaced = false, Subresources = "status:get,patch,update")]
public sealed partial record ServiceCIDR
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The ranges.</summary>
    [Field(2)]
    public ServiceCIDRSpec Spec { get; init; } = ServiceCIDRSpec.Empty;

    /// <summary>Whether they are in use.</summary>
    [Field(3)]
    public ServiceCIDRStatus Status { get; init; } = ServiceCIDRStatus.Empty;
}
