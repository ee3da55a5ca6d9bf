using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record MetricIdentifier
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public LabelSelector? Selector { get; init; }
}
