using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record ResourcePool
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public long Generation { get; init; }

    [Field(3, Always = true, Required = true)]
    public long ResourceSliceCount { get; init; }
}
