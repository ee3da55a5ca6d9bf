using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Rights and identity of all containers of a pod. What a container sets itself wins.</summary>
public sealed partial record PodSecurityContext
{
    /// <summary>SELinux label of the containers; absent: the runtime picks one.</summary>
    [Field(1)]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    /// <summary>User id of the containers' processes; absent: that of the image.</summary>
    [Field(2)]
    public long? RunAsUser { get; init; }

    /// <summary>True refuses to start containers that would run as root.</summary>
    [Field(3)]
    public bool? RunAsNonRoot { get; init; }

    /// <summary>Further groups of the containers' processes.</summary>
    [Field(4)]
    public ApiList<long> SupplementalGroups { get; init; } = [];

    /// <summary>Group that owns the volumes which support that; the containers' processes are in it.</summary>
    [Field(5)]
    public long? FsGroup { get; init; }

    /// <summary>Group id of the containers' processes; absent: that of the image.</summary>
    [Field(6)]
    public long? RunAsGroup { get; init; }

    /// <summary>Kernel parameters of the pod's namespaces. Those that are not safe need the node's consent.</summary>
    [Field(7)]
    public ApiList<Sysctl> Sysctls { get; init; } = [];

    /// <summary>Settings for Windows alone.</summary>
    [Field(8)]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    /// <summary>
    /// Always changes owners and modes of a volume's files at each mount; OnRootMismatch only if its root is not yet so. Default: Always.
    /// </summary>
    [Field(9)]
    public string? FsGroupChangePolicy { get; init; }

    /// <summary>System calls that the containers may make.</summary>
    [Field(10)]
    public SeccompProfile? SeccompProfile { get; init; }

    /// <summary>AppArmor profile of the containers.</summary>
    [Field(11)]
    public AppArmorProfile? AppArmorProfile { get; init; }

    /// <summary>Merge adds the groups that the image's /etc/group gives the user; Strict does not. Default: Merge.</summary>
    [Field(12)]
    public string? SupplementalGroupsPolicy { get; init; }

    /// <summary>MountOption gives volumes the label as they are mounted, Recursive labels each file. Absent: MountOption where it can be.</summary>
    [Field(13)]
    public string? SeLinuxChangePolicy { get; init; }
}
