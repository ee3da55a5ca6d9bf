using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressClassParametersReference
{
    [Field(1)]
    public string? ApiGroup { get; init; }

    [Field(2, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(4, Always = true)]
    public string? Scope { get; init; }

    [Field(5)]
    public string? Namespace { get; init; }
}
