using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ContainerPort
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2)]
    public int HostPort { get; init; }

    [Field(3, Json = "containerPort", Always = true, Required = true)]
    public int ContainerPortValue { get; init; }

    [Field(4), Default("\"TCP\"")]
    public string Protocol { get; init; } = "";

    [Field(5)]
    public string HostIP { get; init; } = "";
}
