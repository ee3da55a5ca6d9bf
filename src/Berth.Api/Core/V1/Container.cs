using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One container of a pod: an image, what to run in it and what it needs.</summary>
public sealed partial record Container
{
    /// <summary>Name of the container, a DNS label unique in the pod. It cannot change.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>
    /// Image to run, such as registry.example/web:1.2 or with @sha256:DIGEST. Without a registry docker.io is meant, without a tag latest.
    /// Can change in a running pod: the container starts again.
    /// </summary>
    [Field(2)]
    public string Image { get; init; } = "";

    /// <summary>
    /// The program with its first arguments, instead of the image's entry point; no shell is in between. $(NAME) stands for an environment
    /// variable, $$(NAME) for the text $(NAME).
    /// </summary>
    [Field(3)]
    public ApiList<string> Command { get; init; } = [];

    /// <summary>
    /// Arguments of the program, instead of the image's command. $(NAME) stands for an environment variable, $$(NAME) for the text $(NAME).
    /// </summary>
    [Field(4)]
    public ApiList<string> Args { get; init; } = [];

    /// <summary>Directory in which the program starts; absent: that of the image.</summary>
    [Field(5)]
    public string WorkingDir { get; init; } = "";

    /// <summary>
    /// Ports that the program listens on. They say what is there and give names; a port that is not listed can be reached all the same.
    /// </summary>
    [Field(6), ListMap("containerPort", "protocol"), PatchStrategy("merge", "containerPort")]
    public ApiList<ContainerPort> Ports { get; init; } = [];

    /// <summary>Environment variables, in this order: a later one may refer to earlier ones. They win over those of envFrom.</summary>
    [Field(7), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<EnvVar> Env { get; init; } = [];

    /// <summary>What the container is given of CPU, memory, huge pages, disk and devices, and what it may use at most.</summary>
    [Field(8)]
    public ResourceRequirements Resources { get; init; } = ResourceRequirements.Empty;

    /// <summary>Where volumes of the pod appear in the container's file system.</summary>
    [Field(9), ListMap("mountPath"), PatchStrategy("merge", "mountPath")]
    public ApiList<VolumeMount> VolumeMounts { get; init; } = [];

    /// <summary>
    /// Asked again and again while the container runs: failureThreshold failures in a row end it, and restartPolicy decides what follows.
    /// Absent: never.
    /// </summary>
    [Field(10)]
    public Probe? LivenessProbe { get; init; }

    /// <summary>Asked again and again while the container runs: while it fails, Services leave the pod out. Absent: ready once started.</summary>
    [Field(11)]
    public Probe? ReadinessProbe { get; init; }

    /// <summary>What to do right after the start and right before the end.</summary>
    [Field(12)]
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>
    /// File in the container whose text, at most 4096 bytes, is shown as the message of its end. Default: /dev/termination-log. It cannot
    /// change.
    /// </summary>
    [Field(13)]
    public string TerminationMessagePath { get; init; } = "";

    /// <summary>
    /// Always asks the registry at each start; IfNotPresent pulls what the node does not have; Never takes only what it has. Default: Always
    /// for the tag latest, otherwise IfNotPresent. It cannot change.
    /// </summary>
    [Field(14)]
    public string ImagePullPolicy { get; init; } = "";

    /// <summary>Rights and identity of the container. What is set here wins over the pod's securityContext.</summary>
    [Field(15)]
    public SecurityContext? SecurityContext { get; init; }

    /// <summary>True keeps a standard input for clients that attach; otherwise reading from it gives end of file. Default: false.</summary>
    [Field(16)]
    public bool Stdin { get; init; }

    /// <summary>True closes the standard input for good when the first client that attached to it leaves. Default: false.</summary>
    [Field(17)]
    public bool StdinOnce { get; init; }

    /// <summary>True gives the container a terminal; needs stdin. Default: false.</summary>
    [Field(18)]
    public bool Tty { get; init; }

    /// <summary>ConfigMaps and Secrets whose keys all become environment variables. Of keys that several have, the last one wins.</summary>
    [Field(19)]
    public ApiList<EnvFromSource> EnvFrom { get; init; } = [];

    /// <summary>
    /// File takes the message from terminationMessagePath alone; FallbackToLogsOnError takes the end of the log, at most 2048 bytes or 80
    /// lines, when the container failed and the file is empty. Default: File.
    /// </summary>
    [Field(20)]
    public string TerminationMessagePolicy { get; init; } = "";

    /// <summary>Block devices that the container sees as they are, without a file system.</summary>
    [Field(21), ListMap("devicePath"), PatchStrategy("merge", "devicePath")]
    public ApiList<VolumeDevice> VolumeDevices { get; init; } = [];

    /// <summary>
    /// Asked after the start until it succeeds; only then the other probes begin. failureThreshold failures in a row end the container. For
    /// programs that are slow to start.
    /// </summary>
    [Field(22)]
    public Probe? StartupProbe { get; init; }

    /// <summary>For each resource, whether the container has to start again when it changes in the running pod.</summary>
    [Field(23)]
    public ApiList<ContainerResizePolicy> ResizePolicy { get; init; } = [];

    /// <summary>
    /// When the container starts again, instead of the pod's restartPolicy: Always, OnFailure or Never. For an init container Always makes a
    /// sidecar of it: it starts in its turn, keeps running beside the containers, and ends after them.
    /// </summary>
    [Field(24)]
    public string? RestartPolicy { get; init; }

    /// <summary>Decides by the exit code whether the container starts again: the first rule that matches counts, else restartPolicy.</summary>
    [Field(25)]
    public ApiList<ContainerRestartRule> RestartPolicyRules { get; init; } = [];
}
