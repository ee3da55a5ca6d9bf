using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record CephFSVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Monitors { get; init; } = [];

    [Field(2)]
    public string Path { get; init; } = "";

    [Field(3)]
    public string User { get; init; } = "";

    [Field(4)]
    public string SecretFile { get; init; } = "";

    [Field(5)]
    public LocalObjectReference? SecretRef { get; init; }

    [Field(6)]
    public bool ReadOnly { get; init; }
}
