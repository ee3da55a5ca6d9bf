using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Health of a device.</summary>
public sealed partial record ResourceHealth
{
    /// <summary>Id of the device.</summary>
    [Field(1, Always = true, Required = true)]
    public string ResourceID { get; init; } = "";

    /// <summary>Healthy, Unhealthy or Unknown.</summary>
    [Field(2)]
    public string Health { get; init; } = "";

    /// <summary>Why it is so, in words for people.</summary>
    [Field(6)]
    public string? Message { get; init; }
}
