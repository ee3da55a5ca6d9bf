using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record CapacityRequestPolicy
{
    [Field(1, Always = true)]
    public Quantity? Default { get; init; }

    [Field(3)]
    public ApiList<Quantity> ValidValues { get; init; } = [];

    [Field(4)]
    public CapacityRequestPolicyRange? ValidRange { get; init; }
}
