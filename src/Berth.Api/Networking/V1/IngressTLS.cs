using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>A certificate for some hosts.</summary>
public sealed partial record IngressTLS
{
    /// <summary>Hosts that the certificate is for. Default: all of the controller.</summary>
    [Field(1)]
    public ApiList<string> Hosts { get; init; } = [];

    /// <summary>Secret of type kubernetes.io/tls with the certificate; absent: the controller's own.</summary>
    [Field(2)]
    public string SecretName { get; init; } = "";
}
