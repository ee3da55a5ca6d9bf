using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

[Kind("storage.k8s.io", "v1", "StorageClass")]
[Resource("storageclasses", "storageclass", Namespaced = false, ShortNames = "sc")]
public sealed partial record StorageClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Always = true, Required = true)]
    public string Provisioner { get; init; } = "";

    [Field(3)]
    public ApiMap<string> Parameters { get; init; } = [];

    [Field(4)]
    public string? ReclaimPolicy { get; init; }

    [Field(5)]
    public ApiList<string> MountOptions { get; init; } = [];

    [Field(6)]
    public bool? AllowVolumeExpansion { get; init; }

    [Field(7)]
    public string? VolumeBindingMode { get; init; }

    [Field(8)]
    public ApiList<TopologySelectorTerm> AllowedTopologies { get; init; } = [];
}
