using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressRule
{
    [Field(1)]
    public string Host { get; init; } = "";

    [Field(1, In = [2])]
    public HTTPIngressRuleValue? Http { get; init; }
}
