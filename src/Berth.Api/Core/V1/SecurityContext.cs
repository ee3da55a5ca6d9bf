using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record SecurityContext
{
    [Field(1)]
    public Capabilities? Capabilities { get; init; }

    [Field(2)]
    public bool? Privileged { get; init; }

    [Field(3)]
    public SELinuxOptions? SeLinuxOptions { get; init; }

    [Field(4)]
    public long? RunAsUser { get; init; }

    [Field(5)]
    public bool? RunAsNonRoot { get; init; }

    [Field(6)]
    public bool? ReadOnlyRootFilesystem { get; init; }

    [Field(7)]
    public bool? AllowPrivilegeEscalation { get; init; }

    [Field(8)]
    public long? RunAsGroup { get; init; }

    [Field(9)]
    public string? ProcMount { get; init; }

    [Field(10)]
    public WindowsSecurityContextOptions? WindowsOptions { get; init; }

    [Field(11)]
    public SeccompProfile? SeccompProfile { get; init; }

    [Field(12)]
    public AppArmorProfile? AppArmorProfile { get; init; }
}
