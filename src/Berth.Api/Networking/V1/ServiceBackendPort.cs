using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

[Atomic]
public sealed partial record ServiceBackendPort
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2)]
    public int Number { get; init; }
}
