using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record TokenRequest
{
    [Field(1, Always = true, Required = true)]
    public string Audience { get; init; } = "";

    [Field(2)]
    public long? ExpirationSeconds { get; init; }
}
