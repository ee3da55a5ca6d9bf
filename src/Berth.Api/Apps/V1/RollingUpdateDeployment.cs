using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record RollingUpdateDeployment
{
    [Field(1)]
    public IntOrString? MaxUnavailable { get; init; }

    [Field(2)]
    public IntOrString? MaxSurge { get; init; }
}
