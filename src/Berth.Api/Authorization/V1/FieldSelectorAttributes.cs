using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record FieldSelectorAttributes
{
    [Field(1)]
    public string RawSelector { get; init; } = "";

    [Field(2)]
    public ApiList<FieldSelectorRequirement> Requirements { get; init; } = [];
}
