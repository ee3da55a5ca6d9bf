using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>A port of a Service.</summary>
public sealed partial record IngressServiceBackend
{
    /// <summary>Name of the Service.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The port.</summary>
    [Field(2)]
    public ServiceBackendPort Port { get; init; } = ServiceBackendPort.Empty;
}
