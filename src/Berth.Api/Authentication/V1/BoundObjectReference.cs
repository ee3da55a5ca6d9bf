using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record BoundObjectReference
{
    [Field(1)]
    public string Kind { get; init; } = "";

    [Field(2)]
    public string ApiVersion { get; init; } = "";

    [Field(3)]
    public string Name { get; init; } = "";

    [Field(4)]
    public string Uid { get; init; } = "";
}
