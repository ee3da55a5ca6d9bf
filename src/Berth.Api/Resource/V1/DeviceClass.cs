using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A sort of devices that claims can ask for, with settings for them.</summary>
[Kind("resource.k8s.io", "v1", "DeviceClass")]
[Resource("deviceclasses", "deviceclass", Namespaced = false)]
public sealed partial record DeviceClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Which devices, and which settings.</summary>
    [Field(2, Required = true)]
    public DeviceClassSpec Spec { get; init; } = DeviceClassSpec.Empty;
}
