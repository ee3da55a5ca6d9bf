using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Rights and identity of a container. What is set here wins over the pod's.</summary>
public sealed partial record SecurityContext
{
    /// <summary>Capabilities to add or to take away.</summary>
    [Field(1)]
    public Capabilities? Capabilities { get; init; }

    /// <summary>True gives the processes nearly the rights of root on the node. Default: false.</summary>
    [Field(2)]
    public bool? Privileged { get; init; }

    /// <summary>SELinux label; absent: the pod's, else the runtime picks one.</summary>
    [Field(3)]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    /// <summary>User id of the processes; absent: the pod's, else that of the image.</summary>
    [Field(4)]
    public long? RunAsUser { get; init; }

    /// <summary>True refuses to start the container when it would run as root.</summary>
    [Field(5)]
    public bool? RunAsNonRoot { get; init; }

    /// <summary>True lets nothing be written outside of volumes. Default: false.</summary>
    [Field(6)]
    public bool? ReadOnlyRootFilesystem { get; init; }

    /// <summary>
    /// False keeps processes from gaining rights, as by setuid. Always true for privileged containers and those with CAP_SYS_ADMIN. Default:
    /// true.
    /// </summary>
    [Field(7)]
    public bool? AllowPrivilegeEscalation { get; init; }

    /// <summary>Group id of the processes; absent: the pod's, else that of the image.</summary>
    [Field(8)]
    public long? RunAsGroup { get; init; }

    /// <summary>Default hides parts of /proc, Unmasked does not and needs hostUsers: false. Default: Default.</summary>
    [Field(9)]
    public string? ProcMount { get; init; }

    /// <summary>Settings for Windows alone.</summary>
    [Field(10)]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    /// <summary>System calls that the container may make.</summary>
    [Field(11)]
    public SeccompProfile? SeccompProfile { get; init; }

    /// <summary>AppArmor profile of the container.</summary>
    [Field(12)]
    public AppArmorProfile? AppArmorProfile { get; init; }
}
