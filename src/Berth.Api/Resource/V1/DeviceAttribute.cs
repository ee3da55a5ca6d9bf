using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceAttribute
{
    [Field(2)]
    public long? Int { get; init; }

    [Field(3)]
    public bool? Bool { get; init; }

    [Field(4)]
    public string? String { get; init; }

    [Field(5)]
    public string? Version { get; init; }

    [Field(6)]
    public ApiList<long> Ints { get; init; } = [];

    [Field(7)]
    public ApiList<bool> Bools { get; init; } = [];

    [Field(8)]
    public ApiList<string> Strings { get; init; } = [];

    [Field(9)]
    public ApiList<string> Versions { get; init; } = [];
}
