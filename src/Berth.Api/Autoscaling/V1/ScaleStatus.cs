using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

public sealed partial record ScaleStatus
{
    [Field(1, Always = true, Required = true)]
    public int Replicas { get; init; }

    [Field(2)]
    public string Selector { get; init; } = "";
}
