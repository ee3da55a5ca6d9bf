using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record VolumeDevice
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string DevicePath { get; init; } = "";
}
