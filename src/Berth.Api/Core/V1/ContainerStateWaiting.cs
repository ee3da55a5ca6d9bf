using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerStateWaiting
{
    [Field(1)]
    public string Reason { get; init; } = "";

    [Field(2)]
    public string Message { get; init; } = "";
}
