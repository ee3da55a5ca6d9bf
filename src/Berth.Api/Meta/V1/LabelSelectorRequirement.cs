using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>One condition on the labels of an object.</summary>
public sealed partial record LabelSelectorRequirement
{
    /// <summary>Key of the label.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>
    /// In and NotIn compare with values, where NotIn also holds for objects without the label; Exists and DoesNotExist ask only for the key.
    /// </summary>
    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    /// <summary>Values to compare with: one or more for In and NotIn, none for Exists and DoesNotExist.</summary>
    [Field(3)]
    public ApiList<string> Values { get; init; } = [];
}
