using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record VolumeNodeAffinity
{
    [Field(1)]
    public NodeSelector? Required { get; init; }
}
