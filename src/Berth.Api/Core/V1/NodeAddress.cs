using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeAddress
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Address { get; init; } = "";
}
