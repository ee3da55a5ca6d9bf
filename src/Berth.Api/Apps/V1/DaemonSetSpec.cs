using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Pods of a DaemonSet, and how they are replaced.</summary>
public sealed partial record DaemonSetSpec
{
    /// <summary>Labels of the pods that belong to it; must be those of the template. It cannot change.</summary>
    [Field(1, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    /// <summary>The pods. restartPolicy must be Always.</summary>
    [Field(2, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    /// <summary>How pods are replaced when the template changes.</summary>
    [Field(3)]
    public DaemonSetUpdateStrategy UpdateStrategy { get; init; } = DaemonSetUpdateStrategy.Empty;

    /// <summary>Seconds that a pod must be ready to count as available. Default: 0.</summary>
    [Field(4)]
    public int MinReadySeconds { get; init; }

    /// <summary>How many old versions are kept. Default: 10.</summary>
    [Field(6)]
    public int? RevisionHistoryLimit { get; init; }
}
