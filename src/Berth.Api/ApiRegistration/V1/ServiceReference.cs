using Berth.Api.Schema;

namespace Berth.Api.ApiRegistration.V1;

public sealed partial record ServiceReference
{
    [Field(1)]
    public string Namespace { get; init; } = "";

    [Field(2)]
    public string Name { get; init; } = "";

    [Field(3)]
    public int? Port { get; init; }
}
