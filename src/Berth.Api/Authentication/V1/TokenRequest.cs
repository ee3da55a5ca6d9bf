using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

[Kind("authentication.k8s.io", "v1", "TokenRequest")]
public sealed partial record TokenRequest
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public TokenRequestSpec Spec { get; init; } = TokenRequestSpec.Empty;

    [Field(3)]
    public TokenRequestStatus Status { get; init; } = TokenRequestStatus.Empty;
}
