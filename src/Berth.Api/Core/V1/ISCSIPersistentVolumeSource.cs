using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A disk reached by iSCSI. The node needs the initiator's tools.</summary>
public sealed partial record ISCSIPersistentVolumeSource
{
    /// <summary>Address of the target, with a port when it is not 3260.</summary>
    [Field(1, Always = true, Required = true)]
    public string TargetPortal { get; init; } = "";

    /// <summary>Qualified name of the target.</summary>
    [Field(2, Always = true, Required = true)]
    public string Iqn { get; init; } = "";

    /// <summary>Number of the logical unit.</summary>
    [Field(3, Always = true, Required = true)]
    public int Lun { get; init; }

    /// <summary>Interface of the initiator; empty for default (tcp).</summary>
    [Field(4), Default("\"default\"")]
    public string IscsiInterface { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(5)]
    public string FsType { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(6)]
    public bool ReadOnly { get; init; }

    /// <summary>Further addresses of the target, for several paths.</summary>
    [Field(7)]
    public ApiList<string> Portals { get; init; } = [];

    /// <summary>True for CHAP at discovery.</summary>
    [Field(8)]
    public bool ChapAuthDiscovery { get; init; }

    /// <summary>Secret with user names and passwords for CHAP.</summary>
    [Field(10)]
    public SecretReference? SecretRef { get; init; }

    /// <summary>True for CHAP at the session.</summary>
    [Field(11)]
    public bool ChapAuthSession { get; init; }

    /// <summary>Name of the initiator, when it is not that of the node.</summary>
    [Field(12)]
    public string? InitiatorName { get; init; }
}
