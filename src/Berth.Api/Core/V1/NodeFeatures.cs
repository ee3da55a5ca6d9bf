using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeFeatures
{
    [Field(1)]
    public bool? SupplementalGroupsPolicy { get; init; }
}
