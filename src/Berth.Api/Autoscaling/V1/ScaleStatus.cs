using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

/// <summary>How many pods there are.</summary>
public sealed partial record ScaleStatus
{
    /// <summary>Their number.</summary>
    [Field(1, Always = true, Required = true)]
    public int Replicas { get; init; }

    /// <summary>Labels of the pods, as text.</summary>
    [Field(2)]
    public string Selector { get; init; } = "";
}
