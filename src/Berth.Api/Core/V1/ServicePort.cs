using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A port of a Service.</summary>
public sealed partial record ServicePort
{
    /// <summary>Name of the port, a DNS label unique in the Service; needed when there are several.</summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>TCP, UDP or SCTP. Default: TCP.</summary>
    [Field(2), Default("\"TCP\"")]
    public string Protocol { get; init; } = "";

    /// <summary>Port of the Service, from 1 to 65535.</summary>
    [Field(3, Always = true, Required = true)]
    public int Port { get; init; }

    /// <summary>Port of the pods, by number or by the name that containers give it. Not used by headless Services. Default: port.</summary>
    [Field(4)]
    public IntOrString TargetPort { get; init; }

    /// <summary>
    /// Port of every node that leads here, for types NodePort and LoadBalancer. Given by the server, from 30000 to 32767, when it is absent.
    /// </summary>
    [Field(5)]
    public int NodePort { get; init; }

    /// <summary>What is spoken over it: a name of IANA such as http, or one with a domain such as kubernetes.io/h2c or kubernetes.io/ws.</summary>
    [Field(6)]
    public string? AppProtocol { get; init; }
}
