using System.Globalization;
using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;

namespace Berth.Node.PodSync;

/// <summary>A pod's sandbox in the runtime's words. Pure but for the host's resolv.conf.</summary>
public sealed class SandboxConfiguration(NodeAgentOptions options, PodDirectories directories)
{
    /// <param name="cgroupParent">Null leaves it to the runtime.</param>
    /// <exception cref="ContainerConfigException">The pod wants what this node does not do.</exception>
    public PodSandboxConfig Build(Pod pod, int attempt, string? cgroupParent)
    {
        // Its containers would run as the machine's own root, which whoever wrote this wanted to exclude.
        if (pod.Spec.HostUsers == false)
            throw new ContainerConfigException("FailedCreatePodSandBox", "hostUsers: false asks for a user namespace, which this node does not make");
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata
            {
                Name = pod.Metadata.Name,
                Namespace = pod.Metadata.Namespace,
                Uid = pod.Metadata.Uid,
                Attempt = (uint)attempt,
            },
            LogDirectory = directories.LogsOf(pod),
            DnsConfig = new PodDns(options).Of(pod),
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = cgroupParent ?? "",
                SecurityContext = SecurityConfiguration.OfSandbox(pod, options.SeccompDirectory),
            },
        };
        if (!pod.Spec.HostNetwork) config.Hostname = PodHostname.Of(pod, options.ClusterDomain);
        foreach (var (key, value) in pod.Metadata.Labels) config.Labels[key] = value;
        foreach (var (key, value) in pod.Metadata.Annotations) config.Annotations[key] = value;
        config.Labels[RuntimeLabels.PodName] = pod.Metadata.Name;
        config.Labels[RuntimeLabels.PodNamespace] = pod.Metadata.Namespace;
        config.Labels[RuntimeLabels.PodUid] = pod.Metadata.Uid;
        config.Annotations[RuntimeLabels.TerminationGracePeriod] = (pod.Spec.TerminationGracePeriodSeconds ?? 30).ToString(CultureInfo.InvariantCulture);
        foreach (var sysctl in pod.Spec.SecurityContext?.Sysctls ?? []) config.Linux.Sysctls[sysctl.Name.Replace('/', '.')] = sysctl.Value;
        if (!pod.Spec.HostNetwork)
        {
            foreach (var port in pod.Spec.Containers.Concat(pod.Spec.InitContainers).SelectMany(c => c.Ports).Where(p => p.HostPort > 0))
            {
                config.PortMappings.Add(new PortMapping
                {
                    Protocol = port.Protocol switch { "UDP" => Protocol.Udp, "SCTP" => Protocol.Sctp, _ => Protocol.Tcp },
                    ContainerPort = port.ContainerPortValue,
                    HostPort = port.HostPort,
                    HostIp = port.HostIP,
                });
            }
        }

        return config;
    }
}
