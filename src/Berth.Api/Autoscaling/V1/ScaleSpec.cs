using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

public sealed partial record ScaleSpec
{
    [Field(1), Default("0")]
    public int Replicas { get; init; }
}
