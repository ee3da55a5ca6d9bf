using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceConstraint
{
    [Field(1)]
    public ApiList<string> Requests { get; init; } = [];

    [Field(2)]
    public string? MatchAttribute { get; init; }

    [Field(3)]
    public string? DistinctAttribute { get; init; }
}
