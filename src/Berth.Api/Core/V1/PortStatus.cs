using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>State of one port of a load balancer.</summary>
public sealed partial record PortStatus
{
    /// <summary>Number of the port.</summary>
    [Field(1, Always = true, Required = true)]
    public int Port { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Field(2, Always = true, Required = true)]
    public string Protocol { get; init; } = "";

    /// <summary>What is wrong with it, in CamelCase or as DOMAIN/NAME; absent when nothing is.</summary>
    [Field(3)]
    public string? Error { get; init; }
}
