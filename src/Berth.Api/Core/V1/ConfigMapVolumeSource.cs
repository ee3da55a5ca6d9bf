using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ConfigMapVolumeSource
{
    [Field(1, In = [1])]
    public string Name { get; init; } = "";

    [Field(2)]
    public ApiList<KeyToPath> Items { get; init; } = [];

    [Field(3)]
    public int? DefaultMode { get; init; }

    [Field(4)]
    public bool? Optional { get; init; }
}
