using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

[Kind("policy", "v1", "Eviction")]
public sealed partial record Eviction
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public DeleteOptions? DeleteOptions { get; init; }
}
