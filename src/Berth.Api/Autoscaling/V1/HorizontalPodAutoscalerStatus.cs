using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

public sealed partial record HorizontalPodAutoscalerStatus
{
    [Field(1)]
    public long? ObservedGeneration { get; init; }

    [Field(2)]
    public Time? LastScaleTime { get; init; }

    [Field(3, Always = true, Required = true)]
    public int CurrentReplicas { get; init; }

    [Field(4, Always = true, Required = true)]
    public int DesiredReplicas { get; init; }

    [Field(5)]
    public int? CurrentCPUUtilizationPercentage { get; init; }
}
