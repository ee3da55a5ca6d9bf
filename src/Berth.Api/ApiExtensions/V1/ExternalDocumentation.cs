using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A document elsewhere.</summary>
public sealed partial record ExternalDocumentation
{
    /// <summary>What it is.</summary>
    [Field(1)]
    public string Description { get; init; } = "";

    /// <summary>Its address.</summary>
    [Field(2)]
    public string Url { get; init; } = "";
}
