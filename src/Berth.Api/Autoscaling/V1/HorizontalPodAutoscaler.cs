using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

/// <summary>Changes the number of pods as their use of CPU changes. autoscaling/v2 has more.</summary>
[Kind("autoscaling", "v1", "HorizontalPodAutoscaler")]
[Resource("horizontalpodautoscalers", "horizontalpodautoscaler", ShortNames = "hpa", Categories = "all", Subresources = "status:get,patch,update")]
public sealed partial record HorizontalPodAutoscaler
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What is scaled, and within which bounds.</summary>
    [Field(2, Required = true)]
    public HorizontalPodAutoscalerSpec Spec { get; init; } = HorizontalPodAutoscalerSpec.Empty;

    /// <summary>How many pods there are and should be.</summary>
    [Field(3)]
    public HorizontalPodAutoscalerStatus Status { get; init; } = HorizontalPodAutoscalerStatus.Empty;
}
