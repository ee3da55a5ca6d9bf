using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinitionStatus
{
    [Field(1, Always = true), ListMap("type")]
    public ApiList<CustomResourceDefinitionCondition> Conditions { get; init; } = [];

    [Field(2)]
    public CustomResourceDefinitionNames AcceptedNames { get; init; } = CustomResourceDefinitionNames.Empty;

    [Field(3, Always = true)]
    public ApiList<string> StoredVersions { get; init; } = [];

    [Field(4)]
    public long ObservedGeneration { get; init; }
}
