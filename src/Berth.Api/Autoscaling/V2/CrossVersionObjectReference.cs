using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>An object that has a scale, or that a metric describes.</summary>
public sealed partial record CrossVersionObjectReference
{
    /// <summary>Its kind.</summary>
    [Field(1, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(2, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Version of its API.</summary>
    [Field(3)]
    public string ApiVersion { get; init; } = "";
}
