using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record StatusCause
{
    [Field(1)]
    public string Reason { get; init; } = "";

    [Field(2)]
    public string Message { get; init; } = "";

    [Field(3)]
    public string Field { get; init; } = "";
}
