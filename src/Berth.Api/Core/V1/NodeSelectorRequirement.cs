using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One condition on a label or field of a node.</summary>
public sealed partial record NodeSelectorRequirement
{
    /// <summary>Key of the label, or path of the field.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>In, NotIn, Exists, DoesNotExist, Gt or Lt.</summary>
    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    /// <summary>Values to compare with: one or more for In and NotIn, none for Exists and DoesNotExist, one whole number for Gt and Lt.</summary>
    [Field(3)]
    public ApiList<string> Values { get; init; } = [];
}
