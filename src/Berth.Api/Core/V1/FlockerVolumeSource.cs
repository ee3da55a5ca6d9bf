using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record FlockerVolumeSource
{
    [Field(1)]
    public string DatasetName { get; init; } = "";

    [Field(2)]
    public string DatasetUUID { get; init; } = "";
}
