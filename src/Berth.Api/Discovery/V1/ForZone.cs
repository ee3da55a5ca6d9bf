using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

/// <summary>A zone.</summary>
public sealed partial record ForZone
{
    /// <summary>Its name.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
