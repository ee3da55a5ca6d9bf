using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

[Kind("autoscaling", "v1", "HorizontalPodAutoscaler")]
[Resource("horizontalpodautoscalers", "horizontalpodautoscaler", ShortNames = "hpa", Categories = "all", Subresources = "status:get,patch,update")]
public sealed partial record HorizontalPodAutoscaler
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public HorizontalPodAutoscalerSpec Spec { get; init; } = HorizontalPodAutoscalerSpec.Empty;

    [Field(3)]
    public HorizontalPodAutoscalerStatus Status { get; init; } = HorizontalPodAutoscalerStatus.Empty;
}
