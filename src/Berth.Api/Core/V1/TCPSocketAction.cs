using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A connection that is opened; that it opens means success.</summary>
public sealed partial record TCPSocketAction
{
    /// <summary>Port, by number or by the name that the container gives it.</summary>
    [Field(1, Always = true, Required = true)]
    public IntOrString Port { get; init; }

    /// <summary>Address to connect to; empty for the pod's own.</summary>
    [Field(2)]
    public string Host { get; init; } = "";
}
