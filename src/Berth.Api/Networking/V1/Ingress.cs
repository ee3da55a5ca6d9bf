using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Rules by which HTTP from outside reaches Services.</summary>
[Kind("networking.k8s.io", "v1", "Ingress")]
[Resource("ingresses", "ingress", ShortNames = "ing", Subresources = "status:get,patch,update")]
public sealed partial record Ingress
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The rules.</summary>
    [Field(2)]
    public IngressSpec Spec { get; init; } = IngressSpec.Empty;

    /// <summary>Addresses at which they hold.</summary>
    [Field(3)]
    public IngressStatus Status { get; init; } = IngressStatus.Empty;
}
