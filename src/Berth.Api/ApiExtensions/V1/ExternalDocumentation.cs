using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record ExternalDocumentation
{
    [Field(1)]
    public string Description { get; init; } = "";

    [Field(2)]
    public string Url { get; init; } = "";
}
