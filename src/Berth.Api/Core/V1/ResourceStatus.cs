using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ResourceStatus
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2), ListMap("resourceID")]
    public ApiList<ResourceHealth> Resources { get; init; } = [];
}
