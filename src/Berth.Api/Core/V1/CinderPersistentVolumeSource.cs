using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record CinderPersistentVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string VolumeID { get; init; } = "";

    [Field(2)]
    public string FsType { get; init; } = "";

    [Field(3)]
    public bool ReadOnly { get; init; }

    [Field(4)]
    public SecretReference? SecretRef { get; init; }
}
