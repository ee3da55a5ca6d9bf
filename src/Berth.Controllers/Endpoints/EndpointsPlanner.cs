using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using CoreEndpoints = Berth.Api.Core.V1.Endpoints;

namespace Berth.Controllers.Endpoints;

/// <summary>From a Service and its pods to its Endpoints. Pure.</summary>
public static class EndpointsPlanner
{
    public const string ManagedBy = "endpoints.kubernetes.io/managed-by";

    // As Kubernetes: past this, Endpoints are cut off and say so.
    private const int AddressesMax = 1000;

    public static CoreEndpoints Plan(Service service, IReadOnlyList<Pod> pods, CoreEndpoints? existing)
    {
        // Terminating pods count as not ready here: this kind cannot say more.
        // It has one family only: the Service's primary.
        var family = ServicePods.Families(service)[0];
        var groups = pods.Where(p => ServicePods.AddressOf(p, family) is not null).Where(p => !ServicePods.IsTerminating(p) || service.Spec.PublishNotReadyAddresses)
            .GroupBy(p => PortsOf(service, p))
            .Select(g => new EndpointSubset
            {
                Addresses = g.Where(p => Ready(service, p)).Take(AddressesMax).Select(p => AddressOf(service, p, family)).ToApiList(),
                NotReadyAddresses = g.Where(p => !Ready(service, p)).Take(AddressesMax).Select(p => AddressOf(service, p, family)).ToApiList(),
                Ports = g.Key,
            })
            .OrderBy(s => s.ToString(), StringComparer.Ordinal)
            .ToApiList();
        var metadata = existing?.Metadata ?? new ObjectMeta { Name = service.Metadata.Name, Namespace = service.Metadata.Namespace };
        var annotations = pods.Count > AddressesMax
            ? metadata.Annotations.With("endpoints.kubernetes.io/over-capacity", "truncated")
            : metadata.Annotations.Without("endpoints.kubernetes.io/over-capacity");
        return (existing ?? new CoreEndpoints()) with
        {
            Metadata = metadata with { Labels = ServicePods.Labels(service, (ManagedBy, "endpoint-controller")), Annotations = annotations },
            Subsets = groups,
        };
    }

    private static bool Ready(Service service, Pod pod) => service.Spec.PublishNotReadyAddresses || ServicePods.IsReady(pod);

    private static ApiList<EndpointPort> PortsOf(Service service, Pod pod) => service.Spec.Ports
        .Select(p => (Service: p, Target: ServicePods.TargetPort(p, pod)))
        .Where(p => p.Target is not null)
        .Select(p => new EndpointPort
        {
            Name = p.Service.Name,
            Port = p.Target!.Value,
            Protocol = p.Service.Protocol.Length > 0 ? p.Service.Protocol : "TCP",
            AppProtocol = p.Service.AppProtocol,
        })
        .ToApiList();

    private static EndpointAddress AddressOf(Service service, Pod pod, string family) => new()
    {
        Ip = ServicePods.AddressOf(pod, family)!,
        Hostname = ServicePods.Hostname(service, pod),
        NodeName = pod.Spec.NodeName.Length > 0 ? pod.Spec.NodeName : null,
        TargetRef = ServicePods.Reference(pod),
    };
}
