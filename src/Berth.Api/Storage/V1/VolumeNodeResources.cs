using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record VolumeNodeResources
{
    [Field(1)]
    public int? Count { get; init; }
}
