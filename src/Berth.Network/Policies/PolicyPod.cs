using System.Collections.Immutable;
using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Network.Policies;

/// <summary>What policies need to know of one pod.</summary>
/// <param name="Ports">Container ports that have a name.</param>
internal sealed record PolicyPod(
    ObjectKey Key, ApiMap<string> Labels, string Node, ImmutableArray<IPAddress> Addresses, ImmutableArray<NamedPort> Ports)
{
    /// <summary>
    /// Null for pods that policies do not concern: those with the node's own network, and those that have ended, whose address may be
    /// another pod's by now.
    /// </summary>
    public static PolicyPod? Of(Pod pod)
    {
        if (pod.Spec.HostNetwork || pod.Status.Phase is "Succeeded" or "Failed")
            return null;
        var addresses = (pod.Status.PodIPs.IsEmpty ? [pod.Status.PodIP] : pod.Status.PodIPs.Select(p => p.Ip))
            .Select(a => IPAddress.TryParse(a, out var address) ? address : null).OfType<IPAddress>().ToImmutableArray();
        if (addresses.IsEmpty)
            return null;
        // Sidecars are init containers that stay.
        var containers = pod.Spec.Containers.Concat(pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always"));
        return new PolicyPod(ObjectKey.Of(pod), pod.Metadata.Labels, pod.Spec.NodeName, addresses,
        [
            .. containers.SelectMany(c => c.Ports).Where(p => p.Name.Length > 0)
                .Select(p => new NamedPort(p.Name, p.Protocol.Length > 0 ? p.Protocol : "TCP", p.ContainerPortValue)),
        ]);
    }
}

internal readonly record struct NamedPort(string Name, string Protocol, int Number);
