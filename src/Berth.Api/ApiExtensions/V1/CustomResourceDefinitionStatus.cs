using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceDefinitionStatus
{
    [Field(1), ListMap("type")]
    public ApiList<CustomResourceDefinitionCondition> Conditions { get; init; } = [];

    [Field(2, Always = true)]
    public CustomResourceDefinitionNames AcceptedNames { get; init; } = CustomResourceDefinitionNames.Empty;

    [Field(3)]
    public ApiList<string> StoredVersions { get; init; } = [];

    [Field(4)]
    public long ObservedGeneration { get; init; }
}
