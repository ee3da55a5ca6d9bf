using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A call of the gRPC health checking protocol; SERVING means success.</summary>
public sealed partial record GRPCAction
{
    /// <summary>Port that is called, from 1 to 65535.</summary>
    [Field(1, Always = true, Required = true)]
    public int Port { get; init; }

    /// <summary>Service that is asked for; empty for the server as a whole.</summary>
    [Field(2, Always = true)]
    public string? Service { get; init; }
}
