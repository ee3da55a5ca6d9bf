using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record UncountedTerminatedPods
{
    [Field(1), ListSet]
    public ApiList<string> Succeeded { get; init; } = [];

    [Field(2), ListSet]
    public ApiList<string> Failed { get; init; } = [];
}
