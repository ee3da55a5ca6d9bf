using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressSpec
{
    [Field(1)]
    public IngressBackend? DefaultBackend { get; init; }

    [Field(2)]
    public ApiList<IngressTLS> Tls { get; init; } = [];

    [Field(3)]
    public ApiList<IngressRule> Rules { get; init; } = [];

    [Field(4)]
    public string? IngressClassName { get; init; }
}
