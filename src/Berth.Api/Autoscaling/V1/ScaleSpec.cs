using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

/// <summary>How many pods are wanted.</summary>
public sealed partial record ScaleSpec
{
    /// <summary>Their number.</summary>
    [Field(1), Default("0")]
    public int Replicas { get; init; }
}
