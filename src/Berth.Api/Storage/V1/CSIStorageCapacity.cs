using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>How much room there is for volumes of a class in one part of the cluster.</summary>
[Kind("storage.k8s.io", "v1", "CSIStorageCapacity")]
[Resource("csistoragecapacities", "csistoragecapacity")]
public sealed partial record CSIStorageCapacity
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Labels of the nodes that it is for; absent: none.</summary>
    [Field(2)]
    public LabelSelector? NodeTopology { get; init; }

    /// <summary>The class.</summary>
    [Field(3, Always = true, Required = true)]
    public string StorageClassName { get; init; } = "";

    /// <summary>Room that there is; absent: unknown.</summary>
    [Field(4)]
    public Quantity? Capacity { get; init; }

    /// <summary>Size of the largest volume that can be made; absent: unknown.</summary>
    [Field(5)]
    public Quantity? MaximumVolumeSize { get; init; }
}
