using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ImageVolumeSource
{
    [Field(1)]
    public string Reference { get; init; } = "";

    [Field(2)]
    public string PullPolicy { get; init; } = "";
}
