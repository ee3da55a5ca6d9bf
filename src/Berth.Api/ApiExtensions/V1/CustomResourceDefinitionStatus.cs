using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>Whether a kind is served, and under which names.</summary>
public sealed partial record CustomResourceDefinitionStatus
{
    /// <summary>What is known of the state.</summary>
    [Field(1, Always = true), ListMap("type")]
    public ApiList<CustomResourceDefinitionCondition> Conditions { get; init; } = [];

    /// <summary>Names that are in use, once no other kind has them.</summary>
    [Field(2)]
    public CustomResourceDefinitionNames AcceptedNames { get; init; } = CustomResourceDefinitionNames.Empty;

    /// <summary>Versions in which objects may be stored; one can be dropped from the definition only once it is not here.</summary>
    [Field(3, Always = true)]
    public ApiList<string> StoredVersions { get; init; } = [];

    /// <summary>metadata.generation that was last acted on.</summary>
    [Field(4)]
    public long ObservedGeneration { get; init; }
}
