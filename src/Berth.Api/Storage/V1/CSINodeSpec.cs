using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record CSINodeSpec
{
    [Field(1, Always = true, Required = true), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<CSINodeDriver> Drivers { get; init; } = [];
}
