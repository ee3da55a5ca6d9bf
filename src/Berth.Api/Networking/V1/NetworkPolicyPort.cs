using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record NetworkPolicyPort
{
    [Field(1)]
    public string? Protocol { get; init; }

    [Field(2)]
    public IntOrString? Port { get; init; }

    [Field(3)]
    public int? EndPort { get; init; }
}
