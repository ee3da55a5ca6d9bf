using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

[Kind("resource.k8s.io", "v1", "DeviceClass")]
[Resource("deviceclasses", "deviceclass", Namespaced = false)]
public sealed partial record DeviceClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public DeviceClassSpec Spec { get; init; } = DeviceClassSpec.Empty;
}
