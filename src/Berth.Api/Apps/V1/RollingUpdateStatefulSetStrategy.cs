using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record RollingUpdateStatefulSetStrategy
{
    [Field(1)]
    public int? Partition { get; init; }

    [Field(2)]
    public IntOrString? MaxUnavailable { get; init; }
}
