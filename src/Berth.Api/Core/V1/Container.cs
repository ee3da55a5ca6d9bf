using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record Container
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2)]
    public string Image { get; init; } = "";

    [Field(3)]
    public ApiList<string> Command { get; init; } = [];

    [Field(4)]
    public ApiList<string> Args { get; init; } = [];

    [Field(5)]
    public string WorkingDir { get; init; } = "";

    [Field(6), ListMap("containerPort", "protocol"), PatchStrategy("merge", "containerPort")]
    public ApiList<ContainerPort> Ports { get; init; } = [];

    [Field(7), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<EnvVar> Env { get; init; } = [];

    [Field(8)]
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;

    [Field(9), ListMap("mountPath"), PatchStrategy("merge", "mountPath")]
    public ApiList<VolumeMount> VolumeMounts { get; init; } = [];

    [Field(10)]
    public Probe? LivenessProbe { get; init; }

    [Field(11)]
    public Probe? ReadinessProbe { get; init; }

    [Field(12)]
    public Lifecycle? Lifecycle { get; init; }

    [Field(13)]
    public string TerminationMessagePath { get; init; } = "";

    [Field(14)]
    public string ImagePullPolicy { get; init; } = "";

    [Field(15)]
    public SecurityContext? SecurityContext { get; init; }

    [Field(16)]
    public bool Stdin { get; init; }

    [Field(17)]
    public bool StdinOnce { get; init; }

    [Field(18)]
    public bool Tty { get; init; }

    [Field(19)]
    public ApiList<EnvFromSource> EnvFrom { get; init; } = [];

    [Field(20)]
    public string TerminationMessagePolicy { get; init; } = "";

    [Field(21), ListMap("devicePath"), PatchStrategy("merge", "devicePath")]
    public ApiList<VolumeDevice> VolumeDevices { get; init; } = [];

    [Field(22)]
    public Probe? StartupProbe { get; init; }

    [Field(23)]
    public ApiList<ContainerResizePolicy> ResizePolicy { get; init; } = [];

    [Field(24)]
    public string? RestartPolicy { get; init; }

    [Field(25)]
    public ApiList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];
}
