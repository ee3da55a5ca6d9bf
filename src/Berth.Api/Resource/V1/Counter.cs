using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>An amount.</summary>
public sealed partial record Counter
{
    /// <summary>How much.</summary>
    [Field(1, Always = true, Required = true)]
    public Quantity Value { get; init; }
}
