using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record HTTPIngressRuleValue
{
    [Field(1, Always = true, Required = true)]
    public ApiList<HTTPIngressPath> Paths { get; init; } = [];
}
