using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressLoadBalancerIngress
{
    [Field(1)]
    public string Ip { get; init; } = "";

    [Field(2)]
    public string Hostname { get; init; } = "";

    [Field(4)]
    public ApiList<IngressPortStatus> Ports { get; init; } = [];
}
