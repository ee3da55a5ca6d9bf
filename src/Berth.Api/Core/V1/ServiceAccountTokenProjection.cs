using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ServiceAccountTokenProjection
{
    [Field(1)]
    public string Audience { get; init; } = "";

    [Field(2)]
    public long? ExpirationSeconds { get; init; }

    [Field(3, Always = true, Required = true)]
    public string Path { get; init; } = "";
}
