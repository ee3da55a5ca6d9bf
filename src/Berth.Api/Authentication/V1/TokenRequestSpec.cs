using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>What a token is for.</summary>
public sealed partial record TokenRequestSpec
{
    /// <summary>Who is to accept it; empty: the API server.</summary>
    [Field(1, Always = true)]
    public ApiList<string> Audiences { get; init; } = [];

    /// <summary>Object with which it ends.</summary>
    [Field(3, Always = true)]
    public BoundObjectReference? BoundObjectRef { get; init; }

    /// <summary>Seconds that it is valid, 600 or more; the server may give another time. Default: 3600.</summary>
    [Field(4, Always = true)]
    public long? ExpirationSeconds { get; init; }
}
