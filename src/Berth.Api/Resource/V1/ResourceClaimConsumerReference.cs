using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record ResourceClaimConsumerReference
{
    [Field(1)]
    public string ApiGroup { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Resource { get; init; } = "";

    [Field(4, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(5, Always = true, Required = true)]
    public string Uid { get; init; } = "";
}
