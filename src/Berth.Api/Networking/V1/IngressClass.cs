using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>A controller that serves Ingresses. The annotation ingressclass.kubernetes.io/is-default-class makes it the default.</summary>
[Kind("networking.k8s.io", "v1", "IngressClass")]
[Resource("ingressclasses", "ingressclass", Namespaced = false)]
public sealed partial record IngressClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The controller.</summary>
    [Field(2)]
    public IngressClassSpec Spec { get; init; } = IngressClassSpec.Empty;
}
