using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record LoadBalancerIngress
{
    [Field(1)]
    public string Ip { get; init; } = "";

    [Field(2)]
    public string Hostname { get; init; } = "";

    [Field(3)]
    public string? IpMode { get; init; }

    [Field(4)]
    public ApiList<PortStatus> Ports { get; init; } = [];
}
