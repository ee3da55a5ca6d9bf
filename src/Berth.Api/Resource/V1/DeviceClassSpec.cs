using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceClassSpec
{
    [Field(1)]
    public ApiList<DeviceSelector> Selectors { get; init; } = [];

    [Field(2)]
    public ApiList<DeviceClassConfiguration> Config { get; init; } = [];

    [Field(4)]
    public string? ExtendedResourceName { get; init; }
}
