using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One condition on an object.</summary>
public sealed partial record ScopedResourceSelectorRequirement
{
    /// <summary>The scope.</summary>
    [Field(1, Always = true, Required = true)]
    public string ScopeName { get; init; } = "";

    /// <summary>In, NotIn, Exists or DoesNotExist.</summary>
    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    /// <summary>Values to compare with, for In and NotIn.</summary>
    [Field(3)]
    public ApiList<string> Values { get; init; } = [];
}
