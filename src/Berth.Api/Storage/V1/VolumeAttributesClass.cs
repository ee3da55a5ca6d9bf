using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

[Kind("storage.k8s.io", "v1", "VolumeAttributesClass")]
[Resource("volumeattributesclasses", "volumeattributesclass", Namespaced = false, ShortNames = "vac")]
public sealed partial record VolumeAttributesClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Always = true, Required = true)]
    public string DriverName { get; init; } = "";

    [Field(3)]
    public ApiMap<string> Parameters { get; init; } = [];
}
