using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>Schema of a kind's objects.</summary>
public sealed partial record CustomResourceValidation
{
    /// <summary>The schema, in OpenAPI 3.0; must be structural: each field has a type.</summary>
    [Field(1)]
    public JSONSchemaProps? OpenAPIV3Schema { get; init; }
}
