using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A header of a request.</summary>
public sealed partial record HTTPHeader
{
    /// <summary>Its name.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Its value.</summary>
    [Field(2, Always = true, Required = true)]
    public string Value { get; init; } = "";
}
