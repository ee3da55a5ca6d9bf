using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>Paths that may be asked for.</summary>
public sealed partial record NonResourceRule
{
    /// <summary>Methods, in lower case; * for all.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Verbs { get; init; } = [];

    /// <summary>Paths; a * at the end stands for the rest.</summary>
    [Field(2)]
    public ApiList<string> NonResourceURLs { get; init; } = [];
}
