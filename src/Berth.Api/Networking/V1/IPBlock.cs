using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IPBlock
{
    [Field(1, Always = true, Required = true)]
    public string Cidr { get; init; } = "";

    [Field(2)]
    public ApiList<string> Except { get; init; } = [];
}
