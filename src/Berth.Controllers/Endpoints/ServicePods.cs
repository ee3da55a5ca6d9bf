using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Controllers.Endpoints;

/// <summary>Which pods stand behind a Service, and what of them: the part that Endpoints and EndpointSlices share.</summary>
public static class ServicePods
{
    /// <summary>False for Services whose endpoints somebody else keeps: without a selector, or ExternalName.</summary>
    public static bool Selects(Service service) => !service.Spec.Selector.IsEmpty && service.Spec.Type != "ExternalName";

    /// <summary>Pods that match, have an address and have not ended.</summary>
    public static IReadOnlyList<Pod> Of(Service service, IEnumerable<Pod> pods)
    {
        var selector = LabelSelectors.FromLabels(service.Spec.Selector);
        return [.. pods.Where(p => selector.Matches(p) && p.Status.PodIP.Length > 0 && p.Status.Phase is not ("Succeeded" or "Failed")).OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)];
    }

    /// <summary>Families of the Service's endpoints, the primary first.</summary>
    public static IReadOnlyList<string> Families(Service service)
    {
        var families = service.Spec.IpFamilies.Where(f => f is "IPv4" or "IPv6").ToList();
        return families.Count > 0 ? families : [service.Spec.ClusterIP.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4"];
    }

    /// <summary>Null for a pod without an address of the family.</summary>
    public static string? AddressOf(Pod pod, string family)
    {
        var wanted = family == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        var addresses = pod.Status.PodIPs.Select(p => p.Ip).Append(pod.Status.PodIP);
        return addresses.FirstOrDefault(a => IPAddress.TryParse(a, out var parsed) && parsed.AddressFamily == wanted);
    }

    public static bool IsReady(Pod pod) => pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });

    public static bool IsTerminating(Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>The pod's port behind a Service's: a number as it is, a name as the pod's containers define it; null when they do not.</summary>
    public static int? TargetPort(ServicePort port, Pod pod)
    {
        if (!port.TargetPort.IsString)
            return port.TargetPort.Int != 0 ? port.TargetPort.Int : port.Port;
        var protocol = port.Protocol.Length > 0 ? port.Protocol : "TCP";
        var containers = pod.Spec.Containers.Concat(pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always"));
        return containers.SelectMany(c => c.Ports)
            .FirstOrDefault(p => p.Name == port.TargetPort.String && (p.Protocol.Length > 0 ? p.Protocol : "TCP") == protocol)?.ContainerPortValue;
    }

    /// <summary>The name that the pod has below the Service's in DNS; empty when it has none.</summary>
    public static string Hostname(Service service, Pod pod) =>
        pod.Spec.Hostname.Length > 0 && pod.Spec.Subdomain == service.Metadata.Name ? pod.Spec.Hostname : "";

    public static ObjectReference Reference(Pod pod) => new()
    {
        Kind = "Pod",
        Namespace = pod.Metadata.Namespace,
        Name = pod.Metadata.Name,
        Uid = pod.Metadata.Uid,
    };

    /// <summary>What of a pod its Services' endpoints depend on; a pod that changed only otherwise wakes nobody.</summary>
    public static bool Differs(Pod a, Pod b) =>
        !a.Metadata.Labels.Equals(b.Metadata.Labels) || a.Status.PodIP != b.Status.PodIP || !a.Status.PodIPs.Equals(b.Status.PodIPs)
        || a.Status.Phase != b.Status.Phase || IsReady(a) != IsReady(b) || IsTerminating(a) != IsTerminating(b)
        || a.Spec.NodeName != b.Spec.NodeName || a.Spec.Hostname != b.Spec.Hostname || a.Spec.Subdomain != b.Spec.Subdomain;

    /// <summary>The Services of a pod's namespace that select it.</summary>
    public static IEnumerable<Service> Selecting(Pod pod, IEnumerable<Service> services) =>
        services.Where(s => Selects(s) && LabelSelectors.FromLabels(s.Spec.Selector).Matches(pod));

    /// <summary>True when the Service has no address of its own.</summary>
    public static bool IsHeadless(Service service) => service.Spec.ClusterIP == "None";

    /// <summary>Labels of a Service that its endpoints carry on, without those that controllers set themselves.</summary>
    public static ApiMap<string> Labels(Service service, params ReadOnlySpan<(string Key, string Value)> added)
    {
        var labels = service.Metadata.Labels.Without("endpointslice.kubernetes.io/managed-by").Without("kubernetes.io/service-name").Without("service.kubernetes.io/headless");
        if (IsHeadless(service))
            labels = labels.With("service.kubernetes.io/headless", "");
        foreach (var (key, value) in added)
            labels = labels.With(key, value);
        return labels;
    }
}
