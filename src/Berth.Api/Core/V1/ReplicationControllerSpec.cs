using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ReplicationControllerSpec
{
    [Field(1), Default("1")]
    public int? Replicas { get; init; }

    [Field(2), Atomic]
    public ApiMap<string> Selector { get; init; } = [];

    [Field(3)]
    public PodTemplateSpec? Template { get; init; }

    [Field(4), Default("0")]
    public int MinReadySeconds { get; init; }
}
