using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Resources.Demand;

namespace Berth.ApiServer.Strategies.Pods;

/// <summary>
/// What absent fields of a pod are taken to be. A template gets the defaults of its spec; a pod itself gets those of
/// <see cref="Of(Pod)"/> on top, which would otherwise change stored templates of every workload.
/// </summary>
public static class PodDefaults
{
    public const int TerminationGraceSeconds = 30;

    /// <summary>0644 in octal.</summary>
    private const int VolumeFileMode = 420;

    private const int TokenSeconds = 3600;

    public static Pod Of(Pod pod)
    {
        var spec = Of(pod.Spec);
        spec = spec with
        {
            Containers = spec.Containers.Map(c => OfPodContainer(c, spec.HostNetwork)),
            InitContainers = spec.InitContainers.Map(c => OfPodContainer(c, spec.HostNetwork)),
            EnableServiceLinks = spec.EnableServiceLinks ?? true,
        };
        spec = spec with { Resources = OfPodResources(spec) };
        return spec == pod.Spec ? pod : pod with { Spec = spec };
    }

    public static PodTemplateSpec Of(PodTemplateSpec template)
    {
        var spec = Of(template.Spec ?? PodSpec.Empty);
        return ReferenceEquals(spec, template.Spec) ? template : template with { Spec = spec };
    }

    public static PodSpec Of(PodSpec spec)
    {
        var result = spec with
        {
            DnsPolicy = Or(spec.DnsPolicy, "ClusterFirst"),
            RestartPolicy = Or(spec.RestartPolicy, "Always"),
            SecurityContext = spec.SecurityContext ?? PodSecurityContext.Empty,
            TerminationGracePeriodSeconds = spec.TerminationGracePeriodSeconds ?? TerminationGraceSeconds,
            SchedulerName = Or(spec.SchedulerName, "default-scheduler"),
            // Both names of one field always agree.
            ServiceAccountName = Or(spec.ServiceAccountName, spec.ServiceAccount),
            ServiceAccount = Or(spec.ServiceAccountName, spec.ServiceAccount),
            Volumes = spec.Volumes.Map(Of),
            InitContainers = spec.InitContainers.Map(Of),
            Containers = spec.Containers.Map(Of),
            EphemeralContainers = spec.EphemeralContainers.Map(Of),
        };
        return result == spec ? spec : result;
    }

    public static Container Of(Container container)
    {
        var result = container with
        {
            ImagePullPolicy = container.ImagePullPolicy.Length > 0 ? container.ImagePullPolicy : ImageTag.PullPolicy(container.Image),
            TerminationMessagePath = Or(container.TerminationMessagePath, "/dev/termination-log"),
            TerminationMessagePolicy = Or(container.TerminationMessagePolicy, "File"),
            Ports = container.Ports.Map(Of),
            Env = container.Env.Map(Of),
            LivenessProbe = Of(container.LivenessProbe),
            ReadinessProbe = Of(container.ReadinessProbe),
            StartupProbe = Of(container.StartupProbe),
            Lifecycle = Of(container.Lifecycle),
        };
        return result == container ? container : result;
    }

    public static EphemeralContainer Of(EphemeralContainer container)
    {
        var result = container with
        {
            ImagePullPolicy = container.ImagePullPolicy.Length > 0 ? container.ImagePullPolicy : ImageTag.PullPolicy(container.Image),
            TerminationMessagePath = Or(container.TerminationMessagePath, "/dev/termination-log"),
            TerminationMessagePolicy = Or(container.TerminationMessagePolicy, "File"),
            Ports = container.Ports.Map(Of),
            Env = container.Env.Map(Of),
            LivenessProbe = Of(container.LivenessProbe),
            ReadinessProbe = Of(container.ReadinessProbe),
            StartupProbe = Of(container.StartupProbe),
            Lifecycle = Of(container.Lifecycle),
        };
        return result == container ? container : result;
    }

    public static PersistentVolumeClaimSpec Of(PersistentVolumeClaimSpec spec) =>
        spec.VolumeMode is null ? spec with { VolumeMode = "Filesystem" } : spec;

    private static Container OfPodContainer(Container container, bool hostNetwork)
    {
        var requests = container.Resources.Requests;
        foreach (var (name, limit) in container.Resources.Limits)
        {
            if (!requests.ContainsKey(name))
                requests = requests.With(name, limit);
        }

        var ports = hostNetwork
            ? container.Ports.Map(p => p.HostPort == 0 ? p with { HostPort = p.ContainerPortValue } : p)
            : container.Ports;
        return ReferenceEquals(requests, container.Resources.Requests) && ReferenceEquals(ports, container.Ports)
            ? container
            : container with { Resources = container.Resources with { Requests = requests }, Ports = ports };
    }

    // With limits for the whole pod, what its requests leave open follows from the containers, then from the limits.
    private static ResourceRequirements? OfPodResources(PodSpec spec)
    {
        if (spec.Resources is not { } resources || (resources.Limits.IsEmpty && resources.Requests.IsEmpty))
            return spec.Resources;
        var limits = resources.Limits;
        foreach (var (name, quantity) in PodResources.ContainerLimits(spec))
        {
            if (name.StartsWith("hugepages-", StringComparison.Ordinal) && !limits.ContainsKey(name))
                limits = limits.With(name, quantity);
        }

        var requests = resources.Requests;
        if (!limits.IsEmpty)
        {
            foreach (var (name, quantity) in PodResources.ContainerRequests(spec))
            {
                if (name is "cpu" or "memory" && !requests.ContainsKey(name))
                    requests = requests.With(name, quantity);
            }

            foreach (var (name, quantity) in limits)
            {
                if (PodResources.IsPodLevel(name) && !requests.ContainsKey(name))
                    requests = requests.With(name, quantity);
            }
        }

        return resources with { Limits = limits, Requests = requests };
    }

    private static ContainerPort Of(ContainerPort port) => port.Protocol.Length > 0 ? port : port with { Protocol = "TCP" };

    private static EnvVar Of(EnvVar variable)
    {
        if (variable.ValueFrom is not { } source)
            return variable;
        if (source.FieldRef is { } field && field.ApiVersion.Length == 0)
            return variable with { ValueFrom = source with { FieldRef = Of(field) } };
        if (source.FileKeyRef is { Optional: null } file)
            return variable with { ValueFrom = source with { FileKeyRef = file with { Optional = false } } };
        return variable;
    }

    private static ObjectFieldSelector Of(ObjectFieldSelector field) =>
        field.ApiVersion.Length > 0 ? field : field with { ApiVersion = "v1" };

    private static Probe? Of(Probe? probe)
    {
        if (probe is null)
            return null;
        var result = probe with
        {
            TimeoutSeconds = Or(probe.TimeoutSeconds, 1),
            PeriodSeconds = Or(probe.PeriodSeconds, 10),
            SuccessThreshold = Or(probe.SuccessThreshold, 1),
            FailureThreshold = Or(probe.FailureThreshold, 3),
            HttpGet = Of(probe.HttpGet),
            Grpc = probe.Grpc is { Service: null } grpc ? grpc with { Service = "" } : probe.Grpc,
        };
        return result == probe ? probe : result;
    }

    private static Lifecycle? Of(Lifecycle? lifecycle) => lifecycle is null
        ? null
        : lifecycle with { PostStart = Of(lifecycle.PostStart), PreStop = Of(lifecycle.PreStop) };

    private static LifecycleHandler? Of(LifecycleHandler? handler) =>
        handler?.HttpGet is null ? handler : handler with { HttpGet = Of(handler.HttpGet) };

    private static HTTPGetAction? Of(HTTPGetAction? action) => action is null or { Path.Length: > 0, Scheme.Length: > 0 }
        ? action
        : action with { Path = Or(action.Path, "/"), Scheme = Or(action.Scheme, "HTTP") };

    private static Volume Of(Volume volume)
    {
        if (volume == new Volume { Name = volume.Name })
            return volume with { EmptyDir = EmptyDirVolumeSource.Empty };
        var result = volume with
        {
            HostPath = volume.HostPath is { Type: null } host ? host with { Type = "" } : volume.HostPath,
            Secret = volume.Secret is { DefaultMode: null } secret ? secret with { DefaultMode = VolumeFileMode } : volume.Secret,
            ConfigMap = volume.ConfigMap is { DefaultMode: null } map ? map with { DefaultMode = VolumeFileMode } : volume.ConfigMap,
            DownwardAPI = volume.DownwardAPI is { } downward
                ? downward with { DefaultMode = downward.DefaultMode ?? VolumeFileMode, Items = downward.Items.Map(Of) }
                : null,
            Projected = volume.Projected is { } projected
                ? projected with { DefaultMode = projected.DefaultMode ?? VolumeFileMode, Sources = projected.Sources.Map(Of) }
                : null,
            Ephemeral = volume.Ephemeral is { VolumeClaimTemplate: { } claim } ephemeral
                ? ephemeral with { VolumeClaimTemplate = claim with { Spec = Of(claim.Spec) } }
                : volume.Ephemeral,
            Image = volume.Image is { PullPolicy.Length: 0 } image
                ? image with { PullPolicy = ImageTag.PullPolicy(image.Reference) }
                : volume.Image,
            Iscsi = volume.Iscsi is { IscsiInterface.Length: 0 } iscsi ? iscsi with { IscsiInterface = "default" } : volume.Iscsi,
            Rbd = volume.Rbd is { } rbd
                ? rbd with { Pool = Or(rbd.Pool, "rbd"), User = Or(rbd.User, "admin"), Keyring = Or(rbd.Keyring, "/etc/ceph/keyring") }
                : null,
            AzureDisk = volume.AzureDisk is { } azure
                ? azure with
                {
                    CachingMode = azure.CachingMode ?? "ReadWrite",
                    FsType = azure.FsType ?? "ext4",
                    ReadOnly = azure.ReadOnly ?? false,
                    Kind = azure.Kind ?? "Shared",
                }
                : null,
            ScaleIO = volume.ScaleIO is { } scale
                ? scale with { StorageMode = Or(scale.StorageMode, "ThinProvisioned"), FsType = Or(scale.FsType, "xfs") }
                : null,
        };
        return result == volume ? volume : result;
    }

    private static DownwardAPIVolumeFile Of(DownwardAPIVolumeFile file) =>
        file.FieldRef is { ApiVersion.Length: 0 } field ? file with { FieldRef = Of(field) } : file;

    private static VolumeProjection Of(VolumeProjection source)
    {
        if (source.ServiceAccountToken is { ExpirationSeconds: null } token)
            source = source with { ServiceAccountToken = token with { ExpirationSeconds = TokenSeconds } };
        if (source.DownwardAPI is { } downward)
        {
            var items = downward.Items.Map(Of);
            if (!ReferenceEquals(items, downward.Items))
                source = source with { DownwardAPI = downward with { Items = items } };
        }

        return source;
    }

    private static string Or(string value, string fallback) => value.Length > 0 ? value : fallback;

    private static int Or(int value, int fallback) => value != 0 ? value : fallback;
}
