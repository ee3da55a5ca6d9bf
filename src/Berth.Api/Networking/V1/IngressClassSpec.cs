using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressClassSpec
{
    [Field(1)]
    public string Controller { get; init; } = "";

    [Field(2)]
    public IngressClassParametersReference? Parameters { get; init; }
}
