using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>
/// A container that is added to a running pod to look for faults. It gets no resources of its own, is never started again, and cannot be
/// changed or removed.
/// </summary>
public sealed partial record EphemeralContainer
{
    /// <summary>Name of the container, a DNS label unique in the pod. It cannot change.</summary>
    [Field(1, In = [1], Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>
    /// Image to run, such as registry.example/web:1.2 or with @sha256:DIGEST. Without a registry docker.io is meant, without a tag latest.
    /// Can change in a running pod: the container starts again.
    /// </summary>
    [Field(2, In = [1])]
    public string Image { get; init; } = "";

    /// <summary>
    /// The program with its first arguments, instead of the image's entry point; no shell is in between. $(NAME) stands for an environment
    /// variable, $$(NAME) for the text $(NAME).
    /// </summary>
    [Field(3, In = [1])]
    public ApiList<string> Command { get; init; } = [];

    /// <summary>
    /// Arguments of the program, instead of the image's command. $(NAME) stands for an environment variable, $$(NAME) for the text $(NAME).
    /// </summary>
    [Field(4, In = [1])]
    public ApiList<string> Args { get; init; } = [];

    /// <summary>Directory in which the program starts; absent: that of the image.</summary>
    [Field(5, In = [1])]
    public string WorkingDir { get; init; } = "";

    /// <summary>Not allowed here.</summary>
    [Field(6, In = [1]), ListMap("containerPort", "protocol"), PatchStrategy("merge", "containerPort")]
    public ApiList<ContainerPort> Ports { get; init; } = [];

    /// <summary>Environment variables, in this order: a later one may refer to earlier ones. They win over those of envFrom.</summary>
    [Field(7, In = [1]), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<EnvVar> Env { get; init; } = [];

    /// <summary>Not allowed here: it uses what is left of the pod's.</summary>
    [Field(8, In = [1])]
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;

    /// <summary>Where volumes of the pod appear in the container's file system.</summary>
    [Field(9, In = [1]), ListMap("mountPath"), PatchStrategy("merge", "mountPath")]
    public ApiList<VolumeMount> VolumeMounts { get; init; } = [];

    /// <summary>Not allowed here.</summary>
    [Field(10, In = [1])]
    public Probe? LivenessProbe { get; init; }

    /// <summary>Not allowed here.</summary>
    [Field(11, In = [1])]
    public Probe? ReadinessProbe { get; init; }

    /// <summary>Not allowed here.</summary>
    [Field(12, In = [1])]
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>
    /// File in the container whose text, at most 4096 bytes, is shown as the message of its end. Default: /dev/termination-log. It cannot
    /// change.
    /// </summary>
    [Field(13, In = [1])]
    public string TerminationMessagePath { get; init; } = "";

    /// <summary>
    /// Always asks the registry at each start; IfNotPresent pulls what the node does not have; Never takes only what it has. Default: Always
    /// for the tag latest, otherwise IfNotPresent. It cannot change.
    /// </summary>
    [Field(14, In = [1])]
    public string ImagePullPolicy { get; init; } = "";

    /// <summary>Rights and identity of the container. What is set here wins over the pod's securityContext.</summary>
    [Field(15, In = [1])]
    public SecurityContext? SecurityContext { get; init; }

    /// <summary>True keeps a standard input for clients that attach; otherwise reading from it gives end of file. Default: false.</summary>
    [Field(16, In = [1])]
    public bool Stdin { get; init; }

    /// <summary>True closes the standard input for good when the first client that attached to it leaves. Default: false.</summary>
    [Field(17, In = [1])]
    public bool StdinOnce { get; init; }

    /// <summary>True gives the container a terminal; needs stdin. Default: false.</summary>
    [Field(18, In = [1])]
    public bool Tty { get; init; }

    /// <summary>ConfigMaps and Secrets whose keys all become environment variables. Of keys that several have, the last one wins.</summary>
    [Field(19, In = [1])]
    public ApiList<EnvFromSource> EnvFrom { get; init; } = [];

    /// <summary>
    /// File takes the message from terminationMessagePath alone; FallbackToLogsOnError takes the end of the log, at most 2048 bytes or 80
    /// lines, when the container failed and the file is empty. Default: File.
    /// </summary>
    [Field(20, In = [1])]
    public string TerminationMessagePolicy { get; init; } = "";

    /// <summary>Block devices that the container sees as they are, without a file system.</summary>
    [Field(21, In = [1]), ListMap("devicePath"), PatchStrategy("merge", "devicePath")]
    public ApiList<VolumeDevice> VolumeDevices { get; init; } = [];

    /// <summary>Not allowed here.</summary>
    [Field(22, In = [1])]
    public Probe? StartupProbe { get; init; }

    /// <summary>Not allowed here.</summary>
    [Field(23, In = [1])]
    public ApiList<ContainerResizePolicy> ResizePolicy { get; init; } = [];

    /// <summary>Not allowed here.</summary>
    [Field(24, In = [1])]
    public string? RestartPolicy { get; init; }

    /// <summary>Not allowed here.</summary>
    [Field(25, In = [1])]
    public ApiList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];

    /// <summary>Container whose process namespace it enters, if any; the runtime must support that.</summary>
    [Field(2)]
    public string TargetContainerName { get; init; } = "";
}
