using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ServicePort
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2), Default("\"TCP\"")]
    public string Protocol { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public int Port { get; init; }

    [Field(4)]
    public IntOrString TargetPort { get; init; }

    [Field(5)]
    public int NodePort { get; init; }

    [Field(6)]
    public string? AppProtocol { get; init; }
}
