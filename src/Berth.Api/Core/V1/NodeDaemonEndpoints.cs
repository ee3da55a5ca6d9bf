using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeDaemonEndpoints
{
    [Field(1)]
    public DaemonEndpoint KubeletEndpoint { get; init; } = DaemonEndpoint.Empty;
}
