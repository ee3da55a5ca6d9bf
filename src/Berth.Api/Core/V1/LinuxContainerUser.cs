using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record LinuxContainerUser
{
    [Field(1, Always = true, Required = true)]
    public long Uid { get; init; }

    [Field(2, Always = true, Required = true)]
    public long Gid { get; init; }

    [Field(3)]
    public ApiList<long> SupplementalGroups { get; init; } = [];
}
