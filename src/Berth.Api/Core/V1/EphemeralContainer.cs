using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EphemeralContainer
{
    [Field(1, In = [1], Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, In = [1])]
    public string Image { get; init; } = "";

    [Field(3, In = [1])]
    public ApiList<string> Command { get; init; } = [];

    [Field(4, In = [1])]
    public ApiList<string> Args { get; init; } = [];

    [Field(5, In = [1])]
    public string WorkingDir { get; init; } = "";

    [Field(6, In = [1]), ListMap("containerPort", "protocol"), PatchStrategy("merge", "containerPort")]
    public ApiList<ContainerPort> Ports { get; init; } = [];

    [Field(7, In = [1]), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<EnvVar> Env { get; init; } = [];

    [Field(8, In = [1])]
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;

    [Field(9, In = [1]), ListMap("mountPath"), PatchStrategy("merge", "mountPath")]
    public ApiList<VolumeMount> VolumeMounts { get; init; } = [];

    [Field(10, In = [1])]
    public Probe? LivenessProbe { get; init; }

    [Field(11, In = [1])]
    public Probe? ReadinessProbe { get; init; }

    [Field(12, In = [1])]
    public Lifecycle? Lifecycle { get; init; }

    [Field(13, In = [1])]
    public string TerminationMessagePath { get; init; } = "";

    [Field(14, In = [1])]
    public string ImagePullPolicy { get; init; } = "";

    [Field(15, In = [1])]
    public SecurityContext? SecurityContext { get; init; }

    [Field(16, In = [1])]
    public bool Stdin { get; init; }

    [Field(17, In = [1])]
    public bool StdinOnce { get; init; }

    [Field(18, In = [1])]
    public bool Tty { get; init; }

    [Field(19, In = [1])]
    public ApiList<EnvFromSource> EnvFrom { get; init; } = [];

    [Field(20, In = [1])]
    public string TerminationMessagePolicy { get; init; } = "";

    [Field(21, In = [1]), ListMap("devicePath"), PatchStrategy("merge", "devicePath")]
    public ApiList<VolumeDevice> VolumeDevices { get; init; } = [];

    [Field(22, In = [1])]
    public Probe? StartupProbe { get; init; }

    [Field(23, In = [1])]
    public ApiList<ContainerResizePolicy> ResizePolicy { get; init; } = [];

    [Field(24, In = [1])]
    public string? RestartPolicy { get; init; }

    [Field(25, In = [1])]
    public ApiList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];

    [Field(2)]
    public string TargetContainerName { get; init; } = "";
}
