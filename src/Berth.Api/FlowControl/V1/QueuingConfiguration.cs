using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record QueuingConfiguration
{
    [Field(1, Always = true)]
    public int Queues { get; init; }

    [Field(2, Always = true)]
    public int HandSize { get; init; }

    [Field(3, Always = true)]
    public int QueueLengthLimit { get; init; }
}
