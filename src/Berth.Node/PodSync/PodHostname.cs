using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>Name that a pod sees as its own, and its domain.</summary>
public static class PodHostname
{
    private const int HostnameCharactersMax = 63;

    /// <summary>The first label; the kernel's limit is 64 with its terminator.</summary>
    public static string Short(Pod pod)
    {
        if (pod.Spec.HostnameOverride is { Length: > 0 } given) return given;
        if (pod.Spec.Hostname.Length > 0) return pod.Spec.Hostname;
        var name = pod.Metadata.Name;
        return name.Length <= HostnameCharactersMax ? name : name[..HostnameCharactersMax].TrimEnd('-', '.');
    }

    /// <summary>Empty without a subdomain.</summary>
    public static string Domain(Pod pod, string clusterDomain) =>
        pod.Spec.Subdomain.Length == 0 || pod.Spec.HostnameOverride is { Length: > 0 } ? "" : $"{pod.Spec.Subdomain}.{pod.Metadata.Namespace}.svc.{clusterDomain}";

    /// <exception cref="ContainerConfigException">The full name is asked for and too long for the kernel.</exception>
    public static string Of(Pod pod, string clusterDomain)
    {
        var domain = Domain(pod, clusterDomain);
        if (pod.Spec.SetHostnameAsFQDN != true || domain.Length == 0) return Short(pod);
        var full = $"{Short(pod)}.{domain}";
        return full.Length <= 64
            ? full
            : throw new ContainerConfigException("FailedCreatePodSandBox", $"failed to construct FQDN from pod hostname and cluster domain, FQDN {full} is too long (64 characters is the max, {full.Length} characters requested)");
    }
}
