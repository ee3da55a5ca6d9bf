using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>What becomes of claims made from volumeClaimTemplates.</summary>
public sealed partial record StatefulSetPersistentVolumeClaimRetentionPolicy
{
    /// <summary>When the StatefulSet is deleted: Retain or Delete. Default: Retain.</summary>
    [Field(1)]
    public string WhenDeleted { get; init; } = "";

    /// <summary>When a pod is taken away as replicas fall: Retain or Delete. Default: Retain.</summary>
    [Field(2)]
    public string WhenScaled { get; init; } = "";
}
