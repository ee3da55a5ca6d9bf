using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Pods of a ReplicaSet, and how many.</summary>
public sealed partial record ReplicaSetSpec
{
    /// <summary>How many pods. Default: 1.</summary>
    [Field(1)]
    public int? Replicas { get; init; }

    /// <summary>Labels of the pods that belong to it; must be those of the template. It cannot change.</summary>
    [Field(2, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    /// <summary>The pods to make.</summary>
    [Field(3)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    /// <summary>Seconds that a pod must be ready to count as available. Default: 0.</summary>
    [Field(4)]
    public int MinReadySeconds { get; init; }
}
