using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Ports of programs on a node.</summary>
public sealed partial record NodeDaemonEndpoints
{
    /// <summary>Port of the node's agent.</summary>
    [Field(1)]
    public DaemonEndpoint KubeletEndpoint { get; init; } = DaemonEndpoint.Empty;
}
