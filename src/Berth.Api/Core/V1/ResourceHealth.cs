using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ResourceHealth
{
    [Field(1, Always = true, Required = true)]
    public string ResourceID { get; init; } = "";

    [Field(2)]
    public string Health { get; init; } = "";

    [Field(6)]
    public string? Message { get; init; }
}
