using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>A new token for a ServiceAccount: its subresource token.</summary>
[Kind("authentication.k8s.io", "v1", "TokenRequest")]
public sealed partial record TokenRequest
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What the token is for.</summary>
    [Field(2)]
    public TokenRequestSpec Spec { get; init; } = TokenRequestSpec.Empty;

    /// <summary>The token. Set by the server.</summary>
    [Field(3)]
    public TokenRequestStatus Status { get; init; } = TokenRequestStatus.Empty;
}
