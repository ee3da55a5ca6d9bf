using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>Further attributes of volumes that can change in time, such as speed.</summary>
[Kind("storage.k8s.io", "v1", "VolumeAttributesClass")]
[Resource("volumeattributesclasses", "volumeattributesclass", Namespaced = false, ShortNames = "vac")]
public sealed partial record VolumeAttributesClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>CSI driver that it is for. It cannot change.</summary>
    [Field(2, Always = true, Required = true)]
    public string DriverName { get; init; } = "";

    /// <summary>The attributes, in the words of the driver. They cannot change.</summary>
    [Field(3)]
    public ApiMap<string> Parameters { get; init; } = [];
}
