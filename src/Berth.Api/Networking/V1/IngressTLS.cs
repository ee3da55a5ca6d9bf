using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressTLS
{
    [Field(1)]
    public ApiList<string> Hosts { get; init; } = [];

    [Field(2)]
    public string SecretName { get; init; } = "";
}
