using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record GCEPersistentDiskVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string PdName { get; init; } = "";

    [Field(2)]
    public string FsType { get; init; } = "";

    [Field(3)]
    public int Partition { get; init; }

    [Field(4)]
    public bool ReadOnly { get; init; }
}
