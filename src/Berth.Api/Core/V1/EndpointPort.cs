using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record EndpointPort
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public int Port { get; init; }

    [Field(3)]
    public string Protocol { get; init; } = "";

    [Field(4)]
    public string? AppProtocol { get; init; }
}
