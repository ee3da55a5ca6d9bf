using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record Preconditions
{
    [Field(1)]
    public string? Uid { get; init; }

    [Field(2)]
    public string? ResourceVersion { get; init; }
}
