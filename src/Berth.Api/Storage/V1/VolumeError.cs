using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record VolumeError
{
    [Field(1, Always = true)]
    public Time? Time { get; init; }

    [Field(2)]
    public string Message { get; init; } = "";

    [Field(3)]
    public int? ErrorCode { get; init; }
}
