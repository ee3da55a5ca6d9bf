using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ImageVolumeStatus
{
    [Field(1, Required = true)]
    public string ImageRef { get; init; } = "";
}
