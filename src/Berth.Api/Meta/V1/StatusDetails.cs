using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record StatusDetails
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2)]
    public string Group { get; init; } = "";

    [Field(3)]
    public string Kind { get; init; } = "";

    [Field(4)]
    public ApiList<StatusCause> Causes { get; init; } = [];

    [Field(5)]
    public int RetryAfterSeconds { get; init; }

    [Field(6)]
    public string Uid { get; init; } = "";
}
