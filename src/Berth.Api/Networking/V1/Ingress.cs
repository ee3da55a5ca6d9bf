using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

[Kind("networking.k8s.io", "v1", "Ingress")]
[Resource("ingresses", "ingress", ShortNames = "ing", Subresources = "status:get,patch,update")]
public sealed partial record Ingress
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public IngressSpec Spec { get; init; } = IngressSpec.Empty;

    [Field(3)]
    public IngressStatus Status { get; init; } = IngressStatus.Empty;
}
