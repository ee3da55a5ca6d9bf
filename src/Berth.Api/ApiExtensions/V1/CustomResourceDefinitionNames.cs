using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>Names of a kind.</summary>
public sealed partial record CustomResourceDefinitionNames
{
    /// <summary>Name in paths, in lower case: /apis/GROUP/VERSION/PLURAL.</summary>
    [Field(1, Always = true, Required = true)]
    public string Plural { get; init; } = "";

    /// <summary>Name of one, in lower case. Default: kind in lower case.</summary>
    [Field(2)]
    public string Singular { get; init; } = "";

    /// <summary>Short names, in lower case.</summary>
    [Field(3)]
    public ApiList<string> ShortNames { get; init; } = [];

    /// <summary>Name in objects, in CamelCase and singular.</summary>
    [Field(4, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>Name of lists. Default: kind and List.</summary>
    [Field(5)]
    public string ListKind { get; init; } = "";

    /// <summary>Groups of kinds that it belongs to, such as all.</summary>
    [Field(6)]
    public ApiList<string> Categories { get; init; } = [];
}
