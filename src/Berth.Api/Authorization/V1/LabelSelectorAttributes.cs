using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>A label selector of a request.</summary>
public sealed partial record LabelSelectorAttributes
{
    /// <summary>The selector as text; not together with requirements. Reviews ignore what they cannot read.</summary>
    [Field(1)]
    public string RawSelector { get; init; } = "";

    /// <summary>The selector as conditions; all must hold.</summary>
    [Field(2)]
    public ApiList<LabelSelectorRequirement> Requirements { get; init; } = [];
}
