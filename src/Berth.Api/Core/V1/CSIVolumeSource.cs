using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record CSIVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    [Field(2)]
    public bool? ReadOnly { get; init; }

    [Field(3)]
    public string? FsType { get; init; }

    [Field(4)]
    public ApiMap<string> VolumeAttributes { get; init; } = [];

    [Field(5)]
    public LocalObjectReference? NodePublishSecretRef { get; init; }
}
