using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Which devices a class has, and which settings.</summary>
public sealed partial record DeviceClassSpec
{
    /// <summary>Devices of the class; all must hold.</summary>
    [Field(1)]
    public ApiList<DeviceSelector> Selectors { get; init; } = [];

    /// <summary>Settings, handed to their drivers.</summary>
    [Field(2)]
    public ApiList<DeviceClassConfiguration> Config { get; init; } = [];

    /// <summary>Resource name by which containers can ask for such devices without a claim.</summary>
    [Field(4)]
    public string? ExtendedResourceName { get; init; }
}
