using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A claim that is made for each pod which names it, and deleted with the pod.</summary>
[Kind("resource.k8s.io", "v1", "ResourceClaimTemplate")]
[Resource("resourceclaimtemplates", "resourceclaimtemplate")]
public sealed partial record ResourceClaimTemplate
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The claim.</summary>
    [Field(2, Required = true)]
    public ResourceClaimTemplateSpec Spec { get; init; } = ResourceClaimTemplateSpec.Empty;
}
