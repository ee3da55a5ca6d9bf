using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressPortStatus
{
    [Field(1, Always = true, Required = true)]
    public int Port { get; init; }

    [Field(2, Always = true, Required = true)]
    public string Protocol { get; init; } = "";

    [Field(3)]
    public string? Error { get; init; }
}
