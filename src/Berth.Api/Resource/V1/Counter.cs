using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record Counter
{
    [Field(1, Always = true, Required = true)]
    public Quantity Value { get; init; }
}
