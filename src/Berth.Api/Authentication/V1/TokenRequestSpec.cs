using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record TokenRequestSpec
{
    [Field(1, Always = true)]
    public ApiList<string> Audiences { get; init; } = [];

    [Field(3, Always = true)]
    public BoundObjectReference? BoundObjectRef { get; init; }

    [Field(4, Always = true)]
    public long? ExpirationSeconds { get; init; }
}
