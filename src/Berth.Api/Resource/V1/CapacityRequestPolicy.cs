using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Amounts of a capacity that a request can take. Either validValues or validRange.</summary>
public sealed partial record CapacityRequestPolicy
{
    /// <summary>Amount for requests that name none.</summary>
    [Field(1, Always = true)]
    public Quantity? Default { get; init; }

    /// <summary>Amounts that are allowed, in rising order; a request gets the next one up. 10 at most.</summary>
    [Field(3)]
    public ApiList<Quantity> ValidValues { get; init; } = [];

    /// <summary>Amounts that are allowed, as a range.</summary>
    [Field(4)]
    public CapacityRequestPolicyRange? ValidRange { get; init; }
}
