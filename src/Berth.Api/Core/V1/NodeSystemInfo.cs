using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeSystemInfo
{
    [Field(1, Always = true, Required = true)]
    public string MachineID { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string SystemUUID { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string BootID { get; init; } = "";

    [Field(4, Always = true, Required = true)]
    public string KernelVersion { get; init; } = "";

    [Field(5, Always = true, Required = true)]
    public string OsImage { get; init; } = "";

    [Field(6, Always = true, Required = true)]
    public string ContainerRuntimeVersion { get; init; } = "";

    [Field(7, Always = true, Required = true)]
    public string KubeletVersion { get; init; } = "";

    [Field(8, Always = true, Required = true)]
    public string KubeProxyVersion { get; init; } = "";

    [Field(9, Always = true, Required = true)]
    public string OperatingSystem { get; init; } = "";

    [Field(10, Always = true, Required = true)]
    public string Architecture { get; init; } = "";

    [Field(11)]
    public NodeSwapStatus? Swap { get; init; }
}
