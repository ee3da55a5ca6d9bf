using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record SelectableField
{
    [Field(1, Always = true, Required = true)]
    public string JsonPath { get; init; } = "";
}
