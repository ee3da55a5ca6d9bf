using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Pods of a StatefulSet, how many, and their volumes.</summary>
public sealed partial record StatefulSetSpec
{
    /// <summary>How many pods. Default: 1.</summary>
    [Field(1)]
    public int? Replicas { get; init; }

    /// <summary>Labels of the pods that belong to it; must be those of the template. It cannot change.</summary>
    [Field(2, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    /// <summary>The pods. Each is named NAME-NUMBER.</summary>
    [Field(3, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    /// <summary>
    /// Claims that each pod gets of its own, named TEMPLATE-POD; they stay when pods go, unless the retention policy says otherwise. They
    /// cannot change.
    /// </summary>
    [Field(4)]
    public ApiList<PersistentVolumeClaim> VolumeClaimTemplates { get; init; } = [];

    /// <summary>Headless Service, made by hand, that gives each pod the DNS name POD.SERVICE.NAMESPACE.svc.DOMAIN. It cannot change.</summary>
    [Field(5, Always = true)]
    public string ServiceName { get; init; } = "";

    /// <summary>
    /// OrderedReady starts pods one after the other, each when the one before is ready, and ends them in reverse; Parallel does not wait. It
    /// cannot change. Default: OrderedReady.
    /// </summary>
    [Field(6)]
    public string PodManagementPolicy { get; init; } = "";

    /// <summary>How pods are replaced when the template changes.</summary>
    [Field(7)]
    public StatefulSetUpdateStrategy UpdateStrategy { get; init; } = StatefulSetUpdateStrategy.Empty;

    /// <summary>How many old versions are kept. Default: 10.</summary>
    [Field(8)]
    public int? RevisionHistoryLimit { get; init; }

    /// <summary>Seconds that a pod must be ready to count as available. Default: 0.</summary>
    [Field(9)]
    public int MinReadySeconds { get; init; }

    /// <summary>What becomes of the pods' claims. Default: they stay.</summary>
    [Field(10)]
    public StatefulSetPersistentVolumeClaimRetentionPolicy? PersistentVolumeClaimRetentionPolicy { get; init; }

    /// <summary>How pods are numbered. Default: from 0.</summary>
    [Field(11)]
    public StatefulSetOrdinals? Ordinals { get; init; }
}
