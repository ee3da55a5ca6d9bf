using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A field of an object.</summary>
[Atomic]
public sealed partial record ObjectFieldSelector
{
    /// <summary>Version of the API in which the path is meant. Default: v1.</summary>
    [Field(1)]
    public string ApiVersion { get; init; } = "";

    /// <summary>Path of the field, such as metadata.name.</summary>
    [Field(2, Always = true, Required = true)]
    public string FieldPath { get; init; } = "";
}
