using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>Queues in which requests wait.</summary>
public sealed partial record QueuingConfiguration
{
    /// <summary>How many queues. More of them make it less likely that flows meet. Default: 64.</summary>
    [Field(1, Always = true)]
    public int Queues { get; init; }

    /// <summary>Among how many queues, dealt by its name, each flow takes the shortest; not above queues. Default: 8.</summary>
    [Field(2, Always = true)]
    public int HandSize { get; init; }

    /// <summary>Requests that may wait in one queue; more are refused. Default: 50.</summary>
    [Field(3, Always = true)]
    public int QueueLengthLimit { get; init; }
}
