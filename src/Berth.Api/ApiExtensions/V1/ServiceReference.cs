using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record ServiceReference
{
    [Field(1, Always = true, Required = true)]
    public string Namespace { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(3)]
    public string? Path { get; init; }

    [Field(4)]
    public int? Port { get; init; }
}
