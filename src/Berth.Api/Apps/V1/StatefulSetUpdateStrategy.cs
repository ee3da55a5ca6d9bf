using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record StatefulSetUpdateStrategy
{
    [Field(1)]
    public string Type { get; init; } = "";

    [Field(2)]
    public RollingUpdateStatefulSetStrategy? RollingUpdate { get; init; }
}
