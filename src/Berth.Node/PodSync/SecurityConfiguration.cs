using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;

namespace Berth.Node.PodSync;

/// <summary>A pod's and a container's security contexts in the runtime's words.</summary>
public static class SecurityConfiguration
{
    // What runtimes hide of /proc and /sys by default; procMount Unmasked shows it.
    private static readonly string[] _masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] _readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static NamespaceOption Namespaces(Pod pod) => new()
    {
        Network = pod.Spec.HostNetwork ? NamespaceMode.Node : NamespaceMode.Pod,
        Ipc = pod.Spec.HostIPC ? NamespaceMode.Node : NamespaceMode.Pod,
        Pid = pod.Spec.HostPID ? NamespaceMode.Node : pod.Spec.ShareProcessNamespace == true ? NamespaceMode.Pod : NamespaceMode.Container,
    };

    public static LinuxSandboxSecurityContext OfSandbox(Pod pod, string seccompDirectory)
    {
        var context = pod.Spec.SecurityContext ?? PodSecurityContext.Empty;
        var result = new LinuxSandboxSecurityContext
        {
            NamespaceOptions = Namespaces(pod),
            Privileged = pod.Spec.Containers.Concat(pod.Spec.InitContainers).Any(c => c.SecurityContext?.Privileged == true),
            // The pause process needs nothing: the runtime's own profile, whatever the containers have.
            Seccomp = new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
            SupplementalGroupsPolicy = context.SupplementalGroupsPolicy == "Strict" ? SupplementalGroupsPolicy.Strict : SupplementalGroupsPolicy.Merge,
        };
        if (context.SeccompProfile is { } profile) result.Seccomp = Seccomp(profile, seccompDirectory);
        if (context.RunAsUser is { } user) result.RunAsUser = new Int64Value { Value = user };
        if (context.RunAsGroup is { } group && context.RunAsUser is not null) result.RunAsGroup = new Int64Value { Value = group };
        result.SupplementalGroups.AddRange(Groups(context, []));
        return result;
    }

    /// <param name="volumeGroups">Groups that mounted volumes ask for.</param>
    /// <param name="image">As the runtime knows it; decides the user where the description does not.</param>
    /// <exception cref="ContainerConfigException">runAsNonRoot, and it would be root, or nobody can tell.</exception>
    public static LinuxContainerSecurityContext OfContainer(
        Pod pod, PodContainer container, Image? image, string seccompDirectory, string? targetContainerId, IReadOnlyList<long> volumeGroups)
    {
        var ofPod = pod.Spec.SecurityContext ?? PodSecurityContext.Empty;
        var own = container.Spec.SecurityContext ?? SecurityContext.Empty;
        var privileged = own.Privileged == true;
        var result = new LinuxContainerSecurityContext
        {
            Privileged = privileged,
            NamespaceOptions = Namespaces(pod),
            ReadonlyRootfs = own.ReadOnlyRootFilesystem == true,
            NoNewPrivs = own.AllowPrivilegeEscalation == false,
            SupplementalGroupsPolicy = ofPod.SupplementalGroupsPolicy == "Strict" ? SupplementalGroupsPolicy.Strict : SupplementalGroupsPolicy.Merge,
        };
        if (targetContainerId is not null)
        {
            result.NamespaceOptions.Pid = NamespaceMode.Target;
            result.NamespaceOptions.TargetId = targetContainerId;
        }

        var user = own.RunAsUser ?? ofPod.RunAsUser;
        var group = own.RunAsGroup ?? ofPod.RunAsGroup;
        VerifyNonRoot(pod, container, own.RunAsNonRoot ?? ofPod.RunAsNonRoot ?? false, user, image);
        if (user is { } uid) result.RunAsUser = new Int64Value { Value = uid };
        else if (image?.Uid is { } imageUid) result.RunAsUser = new Int64Value { Value = imageUid.Value };
        else if (image is { Username.Length: > 0 }) result.RunAsUsername = image.Username;
        if (group is { } gid)
        {
            result.RunAsGroup = new Int64Value { Value = gid };
            // A group without a user is refused by runtimes; root is who it would be.
            if (result.RunAsUser is null && result.RunAsUsername.Length == 0) result.RunAsUser = new Int64Value { Value = 0 };
        }

        result.SupplementalGroups.AddRange(Groups(ofPod, volumeGroups));
        if (own.Capabilities is { } capabilities)
        {
            result.Capabilities = new Capability();
            result.Capabilities.AddCapabilities.AddRange(capabilities.Add.Select(Bare));
            result.Capabilities.DropCapabilities.AddRange(capabilities.Drop.Select(Bare));
        }

        if (!privileged)
        {
            var profile = own.SeccompProfile ?? ofPod.SeccompProfile;
            result.Seccomp = profile is null
                ? new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined }
                : Seccomp(profile, seccompDirectory);
            if ((own.AppArmorProfile ?? ofPod.AppArmorProfile) is { } appArmor) result.Apparmor = AppArmor(appArmor);
        }

        if (own.ProcMount != "Unmasked" && !privileged)
        {
            result.MaskedPaths.AddRange(_masked);
            result.ReadonlyPaths.AddRange(_readOnly);
        }

        if ((own.SeLinuxOptions ?? ofPod.SeLinuxOptions) is { } label)
            result.SelinuxOptions = new SELinuxOption { User = label.User, Role = label.Role, Type = label.Type, Level = label.Level };
        return result;
    }

    private static IEnumerable<long> Groups(PodSecurityContext context, IReadOnlyList<long> more) =>
        context.SupplementalGroups.Concat(context.FsGroup is { } fs ? [fs] : []).Concat(more).Distinct();

    // Kubernetes writes NET_ADMIN; the prefix is tolerated.
    private static string Bare(string capability) => capability.StartsWith("CAP_", StringComparison.Ordinal) ? capability[4..] : capability;

    private static void VerifyNonRoot(Pod pod, PodContainer container, bool nonRoot, long? user, Image? image)
    {
        if (!nonRoot) return;
        var where = $"(pod: \"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})\", container: {container.Name})";
        if (user is { } uid)
        {
            if (uid == 0) throw ContainerConfigException.Config($"container's runAsUser breaks non-root policy {where}");
            return;
        }

        if (image?.Uid is { } imageUid)
        {
            if (imageUid.Value == 0) throw ContainerConfigException.Config($"container has runAsNonRoot and image will run as root {where}");
            return;
        }

        throw ContainerConfigException.Config(image is { Username.Length: > 0 }
            ? $"container has runAsNonRoot and image has non-numeric user ({image.Username}), cannot verify user is non-root {where}"
            : $"container has runAsNonRoot and image will run as root {where}");
    }

    private static SecurityProfile Seccomp(SeccompProfile profile, string directory) => profile.Type switch
    {
        "Localhost" => new SecurityProfile
        {
            ProfileType = SecurityProfile.Types.ProfileType.Localhost,
            LocalhostRef = Path.Combine(directory, profile.LocalhostProfile ?? throw ContainerConfigException.Config("localhostProfile must be set if seccompProfile type is Localhost.")),
        },
        "Unconfined" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined },
        _ => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
    };

    private static SecurityProfile AppArmor(AppArmorProfile profile) => profile.Type switch
    {
        "Localhost" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Localhost, LocalhostRef = profile.LocalhostProfile ?? "" },
        "Unconfined" => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.Unconfined },
        _ => new SecurityProfile { ProfileType = SecurityProfile.Types.ProfileType.RuntimeDefault },
    };
}
