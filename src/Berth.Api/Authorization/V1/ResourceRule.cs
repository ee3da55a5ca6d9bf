using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>Resources that may be used.</summary>
public sealed partial record ResourceRule
{
    /// <summary>What may be done; * for all.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Verbs { get; init; } = [];

    /// <summary>API groups; * for all.</summary>
    [Field(2)]
    public ApiList<string> ApiGroups { get; init; } = [];

    /// <summary>Resources, as pods or pods/log; * for all.</summary>
    [Field(3)]
    public ApiList<string> Resources { get; init; } = [];

    /// <summary>Names of the objects; empty for all.</summary>
    [Field(4)]
    public ApiList<string> ResourceNames { get; init; } = [];
}
