using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record FileKeySelector
{
    [Field(1, Always = true, Required = true)]
    public string VolumeName { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Path { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Key { get; init; } = "";

    [Field(4), Default("false")]
    public bool? Optional { get; init; }
}
