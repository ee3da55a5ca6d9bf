using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Machine, kernel and programs of a node.</summary>
public sealed partial record NodeSystemInfo
{
    /// <summary>Id of the system that is installed (/etc/machine-id).</summary>
    [Field(1, Always = true, Required = true)]
    public string MachineID { get; init; } = "";

    /// <summary>Id of the machine, from its firmware.</summary>
    [Field(2, Always = true, Required = true)]
    public string SystemUUID { get; init; } = "";

    /// <summary>Changes at each start of the kernel.</summary>
    [Field(3, Always = true, Required = true)]
    public string BootID { get; init; } = "";

    /// <summary>Version of the kernel, as uname -r shows it.</summary>
    [Field(4, Always = true, Required = true)]
    public string KernelVersion { get; init; } = "";

    /// <summary>The operating system, as /etc/os-release names it.</summary>
    [Field(5, Always = true, Required = true)]
    public string OsImage { get; init; } = "";

    /// <summary>The runtime and its version, as containerd://1.7.0.</summary>
    [Field(6, Always = true, Required = true)]
    public string ContainerRuntimeVersion { get; init; } = "";

    /// <summary>Version of the node's agent.</summary>
    [Field(7, Always = true, Required = true)]
    public string KubeletVersion { get; init; } = "";

    /// <summary>No longer set.</summary>
    [Field(8, Always = true, Required = true)]
    public string KubeProxyVersion { get; init; } = "";

    /// <summary>linux or windows.</summary>
    [Field(9, Always = true, Required = true)]
    public string OperatingSystem { get; init; } = "";

    /// <summary>amd64, arm64 and so on.</summary>
    [Field(10, Always = true, Required = true)]
    public string Architecture { get; init; } = "";

    /// <summary>Swap of the node.</summary>
    [Field(11)]
    public NodeSwapStatus? Swap { get; init; }
}
