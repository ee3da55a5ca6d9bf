using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Metrics.V1Beta1;

/// <summary>What a pod uses.</summary>
[Kind("metrics.k8s.io", "v1beta1", "PodMetrics")]
[Resource("pods", "", Verbs = "get,list")]
public sealed partial record PodMetrics
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>End of the window over which usage was measured.</summary>
    [Field(2, Always = true, Required = true)]
    public Time? Timestamp { get; init; }

    /// <summary>Length of time over which CPU was measured.</summary>
    [Field(3, Required = true)]
    public Duration Window { get; init; } = Duration.Empty;

    /// <summary>What each container uses.</summary>
    [Field(4, Always = true, Required = true)]
    public ApiList<ContainerMetrics> Containers { get; init; } = [];
}
