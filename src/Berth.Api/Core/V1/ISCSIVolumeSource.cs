using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ISCSIVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string TargetPortal { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Iqn { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public int Lun { get; init; }

    [Field(4), Default("\"default\"")]
    public string IscsiInterface { get; init; } = "";

    [Field(5)]
    public string FsType { get; init; } = "";

    [Field(6)]
    public bool ReadOnly { get; init; }

    [Field(7)]
    public ApiList<string> Portals { get; init; } = [];

    [Field(8)]
    public bool ChapAuthDiscovery { get; init; }

    [Field(10)]
    public LocalObjectReference? SecretRef { get; init; }

    [Field(11)]
    public bool ChapAuthSession { get; init; }

    [Field(12)]
    public string? InitiatorName { get; init; }
}
