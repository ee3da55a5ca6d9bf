using Berth.Api.Core.V1;

namespace Berth.Scheduler.Snapshot;

/// <summary>A port of the node that a pod takes.</summary>
public readonly record struct HostPort(string Address, string Protocol, int Port)
{
    private const string AllAddresses = "0.0.0.0";

    /// <summary>Two ports exclude each other when one of them listens on all addresses or both on the same.</summary>
    public bool Conflicts(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol
        && (Address == AllAddresses || other.Address == AllAddresses || Address == other.Address);

    public static IReadOnlyList<HostPort> Of(Pod pod)
    {
        List<HostPort>? ports = null;
        foreach (var container in pod.Spec.Containers)
            Collect(container, ref ports);
        foreach (var container in pod.Spec.InitContainers)
        {
            if (container.RestartPolicy == "Always")
                Collect(container, ref ports);
        }

        return ports ?? (IReadOnlyList<HostPort>)[];
    }

    private static void Collect(Container container, ref List<HostPort>? ports)
    {
        foreach (var port in container.Ports)
        {
            if (port.HostPort > 0)
                (ports ??= []).Add(new(port.HostIP.Length > 0 ? port.HostIP : AllAddresses, port.Protocol.Length > 0 ? port.Protocol : "TCP", port.HostPort));
        }
    }
}
