using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

[Kind("resource.k8s.io", "v1", "ResourceSlice")]
[Resource("resourceslices", "resourceslice", Namespaced = false)]
public sealed partial record ResourceSlice
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public ResourceSliceSpec Spec { get; init; } = ResourceSliceSpec.Empty;
}
