using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Pods of a Deployment, how many, and how they are replaced.</summary>
public sealed partial record DeploymentSpec
{
    /// <summary>How many pods. Default: 1.</summary>
    [Field(1)]
    public int? Replicas { get; init; }

    /// <summary>Labels of the pods that belong to it; must be those of the template. It cannot change.</summary>
    [Field(2, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    /// <summary>The pods. restartPolicy must be Always.</summary>
    [Field(3, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    /// <summary>How pods are replaced when the template changes.</summary>
    [Field(4), PatchStrategy("retainKeys")]
    public DeploymentStrategy Strategy { get; init; } = DeploymentStrategy.Empty;

    /// <summary>Seconds that a pod must be ready to count as available. Default: 0.</summary>
    [Field(5)]
    public int MinReadySeconds { get; init; }

    /// <summary>How many old ReplicaSets are kept to go back to. Default: 10.</summary>
    [Field(6)]
    public int? RevisionHistoryLimit { get; init; }

    /// <summary>True holds updates back (kubectl rollout pause). Default: false.</summary>
    [Field(7)]
    public bool Paused { get; init; }

    /// <summary>
    /// Seconds without progress after which an update is said to have failed: condition Progressing, reason ProgressDeadlineExceeded.
    /// Default: 600.
    /// </summary>
    [Field(9)]
    public int? ProgressDeadlineSeconds { get; init; }
}
