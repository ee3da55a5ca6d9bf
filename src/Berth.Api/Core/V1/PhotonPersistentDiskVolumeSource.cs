using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PhotonPersistentDiskVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string PdID { get; init; } = "";

    [Field(2)]
    public string FsType { get; init; } = "";
}
