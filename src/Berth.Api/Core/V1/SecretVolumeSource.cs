using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record SecretVolumeSource
{
    [Field(1)]
    public string SecretName { get; init; } = "";

    [Field(2)]
    public ApiList<KeyToPath> Items { get; init; } = [];

    [Field(3)]
    public int? DefaultMode { get; init; }

    [Field(4)]
    public bool? Optional { get; init; }
}
