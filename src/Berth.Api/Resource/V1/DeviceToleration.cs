using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceToleration
{
    [Field(1)]
    public string Key { get; init; } = "";

    [Field(2), Default("\"Equal\"")]
    public string Operator { get; init; } = "";

    [Field(3)]
    public string Value { get; init; } = "";

    [Field(4)]
    public string Effect { get; init; } = "";

    [Field(5)]
    public long? TolerationSeconds { get; init; }
}
