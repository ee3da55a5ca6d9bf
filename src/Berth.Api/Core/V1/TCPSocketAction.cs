using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record TCPSocketAction
{
    [Field(1, Always = true, Required = true)]
    public IntOrString Port { get; init; }

    [Field(2)]
    public string Host { get; init; } = "";
}
