using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record FCVolumeSource
{
    [Field(1)]
    public ApiList<string> TargetWWNs { get; init; } = [];

    [Field(2)]
    public int? Lun { get; init; }

    [Field(3)]
    public string FsType { get; init; } = "";

    [Field(4)]
    public bool ReadOnly { get; init; }

    [Field(5)]
    public ApiList<string> Wwids { get; init; } = [];
}
