using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>What happens to requests for which there is no seat.</summary>
public sealed partial record LimitResponse
{
    /// <summary>Queue lets them wait, Reject answers 429.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>The queues, for Queue.</summary>
    [Field(2)]
    public QueuingConfiguration? Queuing { get; init; }
}
