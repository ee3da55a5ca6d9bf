using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Pods, and how many of them.</summary>
public sealed partial record ReplicationControllerSpec
{
    /// <summary>How many pods. Default: 1.</summary>
    [Field(1), Default("1")]
    public int? Replicas { get; init; }

    /// <summary>Labels of the pods that count; must be those of the template. Default: the template's labels.</summary>
    [Field(2), Atomic]
    public ApiMap<string> Selector { get; init; } = [];

    /// <summary>The pods to make.</summary>
    [Field(3)]
    public PodTemplateSpec? Template { get; init; }

    /// <summary>Seconds that a pod must be ready to count as available. Default: 0.</summary>
    [Field(4), Default("0")]
    public int MinReadySeconds { get; init; }
}
