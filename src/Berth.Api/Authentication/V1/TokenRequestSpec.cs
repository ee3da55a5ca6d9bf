using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record TokenRequestSpec
{
    [Field(1)]
    public ApiList<string> Audiences { get; init; } = [];

    [Field(3)]
    public BoundObjectReference? BoundObjectRef { get; init; }

    [Field(4)]
    public long? ExpirationSeconds { get; init; }
}
