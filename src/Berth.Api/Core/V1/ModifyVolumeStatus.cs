using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ModifyVolumeStatus
{
    [Field(1)]
    public string TargetVolumeAttributesClassName { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Status { get; init; } = "";
}
