using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>What went wrong with a volume.</summary>
public sealed partial record VolumeError
{
    /// <summary>When.</summary>
    [Field(1, Always = true)]
    public Time? Time { get; init; }

    /// <summary>What, in words for people; no secrets.</summary>
    [Field(2)]
    public string Message { get; init; } = "";

    /// <summary>Number of the error in gRPC.</summary>
    [Field(3)]
    public int? ErrorCode { get; init; }
}
