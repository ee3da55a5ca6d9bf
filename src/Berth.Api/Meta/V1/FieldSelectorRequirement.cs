using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>One condition on the value of a field.</summary>
public sealed partial record FieldSelectorRequirement
{
    /// <summary>Path of the field, such as spec.nodeName.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>How values are compared: In, NotIn, Exists or DoesNotExist.</summary>
    [Field(2, Always = true, Required = true)]
    public string Operator { get; init; } = "";

    /// <summary>Values to compare with: one or more for In and NotIn, none for Exists and DoesNotExist.</summary>
    [Field(3)]
    public ApiList<string> Values { get; init; } = [];
}
