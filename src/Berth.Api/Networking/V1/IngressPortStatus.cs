using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>State of a port.</summary>
public sealed partial record IngressPortStatus
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
