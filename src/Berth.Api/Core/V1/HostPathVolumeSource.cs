using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record HostPathVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string Path { get; init; } = "";

    [Field(2)]
    public string? Type { get; init; }
}
