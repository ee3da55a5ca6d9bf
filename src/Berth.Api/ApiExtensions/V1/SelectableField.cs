using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A field that objects can be selected by.</summary>
public sealed partial record SelectableField
{
    /// <summary>Path of the field, such as .spec.color; a text, a whole number or a boolean.</summary>
    [Field(1, Always = true, Required = true)]
    public string JsonPath { get; init; } = "";
}
