using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A port of a program on a node.</summary>
public sealed partial record DaemonEndpoint
{
    /// <summary>Number of the port.</summary>
    [Field(1, Json = "Port", Always = true, Required = true)]
    public int Port { get; init; }
}
