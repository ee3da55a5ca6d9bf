using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

/// <summary>A port of endpoints.</summary>
[Atomic]
public sealed partial record EndpointPort
{
    /// <summary>Name of the Service's port; unique in the slice.</summary>
    [Field(1)]
    public string? Name { get; init; }

    /// <summary>TCP, UDP or SCTP. Default: TCP.</summary>
    [Field(2)]
    public string? Protocol { get; init; }

    /// <summary>Number of the port; absent: all ports.</summary>
    [Field(3)]
    public int? Port { get; init; }

    /// <summary>What is spoken over it: a name of IANA such as http, or one with a domain such as kubernetes.io/h2c.</summary>
    [Field(4)]
    public string? AppProtocol { get; init; }
}
