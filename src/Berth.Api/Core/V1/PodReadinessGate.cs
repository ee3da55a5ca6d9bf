using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodReadinessGate
{
    [Field(1, Always = true, Required = true)]
    public string ConditionType { get; init; } = "";
}
