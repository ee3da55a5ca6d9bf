using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressServiceBackend
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public ServiceBackendPort Port { get; init; } = ServiceBackendPort.Empty;
}
