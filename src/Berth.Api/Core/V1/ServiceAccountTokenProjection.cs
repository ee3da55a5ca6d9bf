using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A token of the pod's ServiceAccount as a file, renewed in time.</summary>
public sealed partial record ServiceAccountTokenProjection
{
    /// <summary>Who is to accept the token; absent: the API server.</summary>
    [Field(1)]
    public string Audience { get; init; } = "";

    /// <summary>Seconds that a token is valid, 600 or more; it is renewed when 80 % are over, or after a day. Default: 3600.</summary>
    [Field(2)]
    public long? ExpirationSeconds { get; init; }

    /// <summary>File in the volume, without .. in its path.</summary>
    [Field(3, Always = true, Required = true)]
    public string Path { get; init; } = "";
}
