using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Admission.PodSecurity;

/// <summary>The checks of the Pod Security Standards. Each says what is forbidden about a pod, in the words that Kubernetes uses, or nothing.</summary>
public static class PodSecurityChecks
{
    private static readonly HashSet<string> s_defaultCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly HashSet<string> s_seLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    private static readonly HashSet<string> s_sysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    // In the order in which Kubernetes lists what it finds.
    private static readonly Check[] s_baseline =
    [
        new(0, AppArmor), new(0, CapabilitiesBaseline, OverriddenFrom: 22), new(0, HostNamespaces), new(0, HostPaths, OverriddenFrom: 0), new(0, HostPorts),
        new(34, HostProbes), new(0, Privileged), new(0, ProcMount), new(0, SeLinux), new(19, SeccompBaseline, OverriddenFrom: 19), new(0, Sysctls), new(0, WindowsHostProcess),
    ];

    private static readonly Check[] s_restricted =
    [
        new(8, PrivilegeEscalation), new(22, CapabilitiesRestricted), new(0, VolumeTypes), new(0, RunAsNonRoot), new(23, RunAsUser), new(19, SeccompRestricted),
    ];

    /// <summary>What the policy forbids about the pod: <c>reason (detail), ...</c>; null when nothing.</summary>
    public static string? Violations(PodSecurityPolicy policy, PodSpec spec)
    {
        if (policy.Level == PodSecurityLevel.Privileged)
            return null;
        var restricted = policy.Level == PodSecurityLevel.Restricted;
        var found = new List<string>();
        foreach (var check in s_baseline)
        {
            if (policy.Minor >= check.From && !(restricted && check.OverriddenFrom is { } from && policy.Minor >= from) && check.Of(spec) is { } violation)
                found.Add(violation);
        }

        foreach (var check in restricted ? s_restricted : [])
        {
            if (policy.Minor >= check.From && check.Of(spec) is { } violation)
                found.Add(violation);
        }

        return found.Count == 0 ? null : string.Join(", ", found);
    }

    private static string? HostNamespaces(PodSpec spec)
    {
        var used = new List<string>();
        if (spec.HostNetwork)
            used.Add("hostNetwork=true");
        if (spec.HostPID)
            used.Add("hostPID=true");
        if (spec.HostIPC)
            used.Add("hostIPC=true");
        return used.Count == 0 ? null : $"host namespaces ({string.Join(", ", used)})";
    }

    private static string? Privileged(PodSpec spec) =>
        Containers(spec, c => c.SecurityContext?.Privileged == true) is { } bad ? $"privileged ({bad} must not set securityContext.privileged=true)" : null;

    private static string? CapabilitiesBaseline(PodSpec spec)
    {
        var added = new SortedSet<string>(StringComparer.Ordinal);
        var bad = Containers(spec, c => Collect(added, c.SecurityContext?.Capabilities?.Add.Where(a => !s_defaultCapabilities.Contains(a))));
        return bad is null ? null : $"non-default capabilities ({bad} must not include {Quote(added)} in securityContext.capabilities.add)";
    }

    private static string? CapabilitiesRestricted(PodSpec spec)
    {
        if (spec.Os?.Name == "windows")
            return null;
        var details = new List<string>();
        if (Containers(spec, c => c.SecurityContext?.Capabilities?.Drop.Contains("ALL") != true) is { } keeping)
            details.Add($"{keeping} must set securityContext.capabilities.drop=[\"ALL\"]");
        var added = new SortedSet<string>(StringComparer.Ordinal);
        if (Containers(spec, c => Collect(added, c.SecurityContext?.Capabilities?.Add.Where(a => a != "NET_BIND_SERVICE"))) is { } adding)
            details.Add($"{adding} must not include {Quote(added)} in securityContext.capabilities.add");
        return details.Count == 0 ? null : $"unrestricted capabilities ({string.Join("; ", details)})";
    }

    private static string? HostPaths(PodSpec spec)
    {
        var bad = spec.Volumes.Where(v => v.HostPath is not null).Select(v => v.Name).ToList();
        return bad.Count == 0 ? null : $"hostPath volumes ({Plural("volume", bad.Count)} {Quote(bad)})";
    }

    private static string? HostPorts(PodSpec spec)
    {
        var ports = new SortedSet<string>(StringComparer.Ordinal);
        var count = 0;
        var bad = Containers(spec, c =>
        {
            var any = Collect(ports, c.Ports.Where(p => p.HostPort != 0).Select(p => p.HostPort.ToString(CultureInfo.InvariantCulture)));
            count += any ? 1 : 0;
            return any;
        });
        return bad is null ? null : $"hostPort ({bad} {(count == 1 ? "uses" : "use")} {Plural("hostPort", ports.Count)} {string.Join(", ", ports)})";
    }

    private static string? HostProbes(PodSpec spec)
    {
        var hosts = new SortedSet<string>(StringComparer.Ordinal);
        var count = 0;
        var bad = Containers(spec, c =>
        {
            string?[] all =
            [
                c.LivenessProbe?.HttpGet?.Host, c.LivenessProbe?.TcpSocket?.Host, c.ReadinessProbe?.HttpGet?.Host, c.ReadinessProbe?.TcpSocket?.Host,
                c.StartupProbe?.HttpGet?.Host, c.StartupProbe?.TcpSocket?.Host, c.Lifecycle?.PostStart?.HttpGet?.Host, c.Lifecycle?.PostStart?.TcpSocket?.Host,
                c.Lifecycle?.PreStop?.HttpGet?.Host, c.Lifecycle?.PreStop?.TcpSocket?.Host,
            ];
            var any = Collect(hosts, all.Where(h => !string.IsNullOrEmpty(h) && h is not ("127.0.0.1" or "::1")).Select(h => h!));
            count += any ? 1 : 0;
            return any;
        });
        return bad is null ? null : $"probe or lifecycle host ({bad} {(count == 1 ? "uses" : "use")} {Plural("probe or lifecycle host", hosts.Count)} {Quote(hosts)})";
    }

    private static string? ProcMount(PodSpec spec)
    {
        var types = new SortedSet<string>(StringComparer.Ordinal);
        if (spec.HostUsers == false)
            return null;
        var bad = Containers(spec, c => Collect(types, c.SecurityContext?.ProcMount is { } mount and not "Default" ? [mount] : []));
        return bad is null ? null : $"procMount ({bad} must not set securityContext.procMount to {Quote(types)})";
    }

    private static string? AppArmor(PodSpec spec) =>
        Setters(spec, spec.SecurityContext?.AppArmorProfile?.Type, c => c.SecurityContext?.AppArmorProfile?.Type, t => t is "RuntimeDefault" or "Localhost") is var (who, values)
            ? $"{Plural("forbidden AppArmor profile", values.Count)} ({who} must not set AppArmor profile type to {Quote(values)})"
            : null;

    private static string? SeLinux(PodSpec spec)
    {
        var types = new SortedSet<string>(StringComparer.Ordinal);
        bool user = false, role = false;
        var pod = Bad(spec.SecurityContext?.SeLinuxOptions);
        var containers = Containers(spec, c => Bad(c.SecurityContext?.SeLinuxOptions));
        if (!pod && containers is null)
            return null;
        var details = new List<string>();
        if (types.Count > 0)
            details.Add($"{Plural("type", types.Count)} {Quote(types)}");
        if (user)
            details.Add("user may not be set");
        if (role)
            details.Add("role may not be set");
        return $"seLinuxOptions ({Join(pod, containers)} set forbidden securityContext.seLinuxOptions: {string.Join("; ", details)})";

        bool Bad(SELinuxOptions? options)
        {
            if (options is null)
                return false;
            var bad = Collect(types, s_seLinuxTypes.Contains(options.Type) ? [] : [options.Type]) | options.User.Length > 0 | options.Role.Length > 0;
            user |= options.User.Length > 0;
            role |= options.Role.Length > 0;
            return bad;
        }
    }

    private static string? SeccompBaseline(PodSpec spec) =>
        Setters(spec, spec.SecurityContext?.SeccompProfile?.Type, c => c.SecurityContext?.SeccompProfile?.Type, t => t is "RuntimeDefault" or "Localhost") is var (who, values)
            ? $"seccompProfile ({who} must not set securityContext.seccompProfile.type to {Quote(values)})"
            : null;

    private static string? SeccompRestricted(PodSpec spec)
    {
        if (spec.Os?.Name == "windows")
            return null;
        if (SeccompBaseline(spec) is { } explicitly)
            return explicitly;
        return spec.SecurityContext?.SeccompProfile is null && Containers(spec, c => c.SecurityContext?.SeccompProfile is null) is { } bad
            ? $"seccompProfile (pod or {bad} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
            : null;
    }

    private static string? Sysctls(PodSpec spec)
    {
        var bad = spec.SecurityContext?.Sysctls.Where(s => !s_sysctls.Contains(s.Name)).Select(s => s.Name).ToList() ?? [];
        return bad.Count == 0 ? null : $"forbidden sysctls ({string.Join(", ", bad)})";
    }

    private static string? WindowsHostProcess(PodSpec spec)
    {
        var pod = spec.SecurityContext?.WindowsOptions?.HostProcess == true;
        var containers = Containers(spec, c => c.SecurityContext?.WindowsOptions?.HostProcess == true);
        return pod || containers is not null ? $"hostProcess ({Join(pod, containers)} must not set securityContext.windowsOptions.hostProcess=true)" : null;
    }

    private static string? PrivilegeEscalation(PodSpec spec) =>
        spec.Os?.Name != "windows" && Containers(spec, c => c.SecurityContext?.AllowPrivilegeEscalation != false) is { } bad
            ? $"allowPrivilegeEscalation != false ({bad} must set securityContext.allowPrivilegeEscalation=false)"
            : null;

    private static string? RunAsNonRoot(PodSpec spec)
    {
        if (spec.HostUsers == false)
            return null;
        var pod = spec.SecurityContext?.RunAsNonRoot;
        var explicitly = Containers(spec, c => c.SecurityContext?.RunAsNonRoot == false);
        if (pod == false || explicitly is not null)
            return $"runAsNonRoot != true ({Join(pod == false, explicitly)} must not set securityContext.runAsNonRoot=false)";
        return pod is null && Containers(spec, c => c.SecurityContext?.RunAsNonRoot is null) is { } implicitly
            ? $"runAsNonRoot != true (pod or {implicitly} must set securityContext.runAsNonRoot=true)"
            : null;
    }

    private static string? RunAsUser(PodSpec spec)
    {
        if (spec.HostUsers == false)
            return null;
        var pod = spec.SecurityContext?.RunAsUser == 0;
        var containers = Containers(spec, c => c.SecurityContext?.RunAsUser == 0);
        return pod || containers is not null ? $"runAsUser=0 ({Join(pod, containers)} must not set runAsUser=0)" : null;
    }

    private static string? VolumeTypes(PodSpec spec)
    {
        var types = new SortedSet<string>(StringComparer.Ordinal);
        var bad = spec.Volumes.Where(v => Collect(types, RestrictedType(v) is { } type ? [type] : [])).Select(v => v.Name).ToList();
        return bad.Count == 0
            ? null
            : $"restricted volume types ({Plural("volume", bad.Count)} {Quote(bad)} {(bad.Count == 1 ? "uses" : "use")} {Plural("restricted volume type", types.Count)} {Quote(types)})";
    }

    private static string? RestrictedType(Volume volume) => volume switch
    {
        { ConfigMap: not null } or { Csi: not null } or { DownwardAPI: not null } or { EmptyDir: not null } or { Ephemeral: not null }
            or { PersistentVolumeClaim: not null } or { Projected: not null } or { Secret: not null } or { Image: not null } => null,
        { HostPath: not null } => "hostPath",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { GitRepo: not null } => "gitRepo",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Glusterfs: not null } => "glusterfs",
        { Rbd: not null } => "rbd",
        { FlexVolume: not null } => "flexVolume",
        { Cinder: not null } => "cinder",
        { Cephfs: not null } => "cephfs",
        { Flocker: not null } => "flocker",
        { Fc: not null } => "fc",
        { AzureFile: not null } => "azureFile",
        { VsphereVolume: not null } => "vsphereVolume",
        { Quobyte: not null } => "quobyte",
        { AzureDisk: not null } => "azureDisk",
        { PhotonPersistentDisk: not null } => "photonPersistentDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        _ => "unknown",
    };

    /// <summary>Who sets a value that is not allowed, and to what.</summary>
    private static (string Who, IReadOnlyCollection<string> Values)? Setters(PodSpec spec, string? pod, Func<Container, string?> of, Func<string, bool> allowed)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        var podIsBad = Collect(values, pod is not null && !allowed(pod) ? [pod] : []);
        var containers = Containers(spec, c => Collect(values, of(c) is { } value && !allowed(value) ? [value] : []));
        return podIsBad || containers is not null ? (Join(podIsBad, containers), values) : null;
    }

    private static string Join(bool pod, string? containers) => pod ? containers is null ? "pod" : $"pod and {containers}" : containers!;

    /// <summary><c>container "a"</c> or <c>containers "a", "b"</c>; null when none is meant.</summary>
    private static string? Containers(PodSpec spec, Func<Container, bool> isBad)
    {
        var bad = spec.InitContainers.Concat(spec.Containers).Concat(spec.EphemeralContainers.Select(Validation.Pods.ContainerRules.AsContainer))
            .Where(isBad).Select(c => c.Name).ToList();
        return bad.Count == 0 ? null : $"{Plural("container", bad.Count)} {Quote(bad)}";
    }

    private static bool Collect(SortedSet<string> into, IEnumerable<string>? values)
    {
        var any = false;
        foreach (var value in values ?? [])
        {
            any = true;
            into.Add(value);
        }

        return any;
    }

    private static string Plural(string noun, int count) => count == 1 ? noun : noun + "s";

    private static string Quote(IEnumerable<string> items) => string.Join(", ", items.Select(i => $"\"{i}\""));

    /// <param name="From">Minor version of Kubernetes that has the check.</param>
    /// <param name="OverriddenFrom">From that version on a stricter check of the restricted level stands in for it.</param>
    private sealed record Check(int From, Func<PodSpec, string?> Of, int? OverriddenFrom = null);
}
