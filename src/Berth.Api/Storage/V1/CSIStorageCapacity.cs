using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

[Kind("storage.k8s.io", "v1", "CSIStorageCapacity")]
[Resource("csistoragecapacities", "csistoragecapacity")]
public sealed partial record CSIStorageCapacity
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public LabelSelector? NodeTopology { get; init; }

    [Field(3, Always = true, Required = true)]
    public string StorageClassName { get; init; } = "";

    [Field(4)]
    public Quantity? Capacity { get; init; }

    [Field(5)]
    public Quantity? MaximumVolumeSize { get; init; }
}
