using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>A token that a CSI driver is handed.</summary>
public sealed partial record TokenRequest
{
    /// <summary>Who is to accept it; empty: the API server.</summary>
    [Field(1, Always = true, Required = true)]
    public string Audience { get; init; } = "";

    /// <summary>Seconds that it is valid, 600 or more. Default: 3600.</summary>
    [Field(2)]
    public long? ExpirationSeconds { get; init; }
}
