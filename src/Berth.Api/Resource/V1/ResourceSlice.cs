using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that a driver offers, or a part of them.</summary>
[Kind("resource.k8s.io", "v1", "ResourceSlice")]
[Resource("resourceslices", "resourceslice", Namespaced = false)]
public sealed partial record ResourceSlice
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The devices. Its driver, pool and node cannot change.</summary>
    [Field(2, Required = true)]
    public ResourceSliceSpec Spec { get; init; } = ResourceSliceSpec.Empty;
}
