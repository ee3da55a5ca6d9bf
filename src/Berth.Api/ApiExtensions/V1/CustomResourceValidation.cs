using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceValidation
{
    [Field(1)]
    public JSONSchemaProps? OpenAPIV3Schema { get; init; }
}
