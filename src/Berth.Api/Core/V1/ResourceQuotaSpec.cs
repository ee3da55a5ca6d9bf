using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ResourceQuotaSpec
{
    [Field(1)]
    public ApiMap<Quantity> Hard { get; init; } = [];

    [Field(2)]
    public ApiList<string> Scopes { get; init; } = [];

    [Field(3)]
    public ScopeSelector? ScopeSelector { get; init; }
}
