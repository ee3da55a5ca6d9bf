using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record RBDPersistentVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Monitors { get; init; } = [];

    [Field(2, Always = true, Required = true)]
    public string Image { get; init; } = "";

    [Field(3)]
    public string FsType { get; init; } = "";

    [Field(4), Default("\"rbd\"")]
    public string Pool { get; init; } = "";

    [Field(5), Default("\"admin\"")]
    public string User { get; init; } = "";

    [Field(6), Default("\"/etc/ceph/keyring\"")]
    public string Keyring { get; init; } = "";

    [Field(7)]
    public SecretReference? SecretRef { get; init; }

    [Field(8)]
    public bool ReadOnly { get; init; }
}
