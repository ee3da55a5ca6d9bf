using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>CSI drivers of a node.</summary>
public sealed partial record CSINodeSpec
{
    /// <summary>The drivers.</summary>
    [Field(1, Always = true, Required = true), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<CSINodeDriver> Drivers { get; init; } = [];
}
