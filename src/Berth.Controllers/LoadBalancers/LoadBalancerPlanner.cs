using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Schema;

namespace Berth.Controllers.LoadBalancers;

/// <summary>What a load balancer Service should have as ingress, or why it can have nothing.</summary>
/// <param name="Problem">Empty when all is well.</param>
public sealed record LoadBalancerPlan(ApiList<LoadBalancerIngress> Ingress, string Problem = "");

/// <summary>
/// Chooses addresses of load balancer Services. Pure. With a pool, each Service has addresses of its own from it; without one, the
/// addresses of the nodes, where a port can serve one Service only: the oldest has it.
/// </summary>
public static class LoadBalancerPlanner
{
    /// <summary>Asks for addresses of the pool.</summary>
    public const string PoolClass = "berth.dev/pool";

    /// <summary>Asks for the nodes' own addresses, pool or not.</summary>
    public const string NodesClass = "berth.dev/nodes";

    private const string Excluded = "node.kubernetes.io/exclude-from-external-load-balancers";

    /// <summary>Services of other classes are other controllers'.</summary>
    public static bool IsOurs(Service service) =>
        service.Spec.Type == "LoadBalancer" && service.Spec.LoadBalancerClass is null or PoolClass or NodesClass;

    public static bool UsesPool(Service service, AddressPool pool) =>
        service.Spec.LoadBalancerClass == PoolClass || (service.Spec.LoadBalancerClass is null && !pool.IsEmpty);

    /// <param name="all">Every load balancer Service that is ours, this one included.</param>
    /// <param name="slices">Of this Service.</param>
    public static LoadBalancerPlan Plan(
        Service service, AddressPool pool, IReadOnlyCollection<Service> all, IReadOnlyCollection<Node> nodes, IEnumerable<EndpointSlice> slices) =>
        UsesPool(service, pool) ? FromPool(service, pool, all) : FromNodes(service, pool, all, nodes, slices);

    private static LoadBalancerPlan FromPool(Service service, AddressPool pool, IReadOnlyCollection<Service> all)
    {
        var taken = all.Where(s => ObjectKey.Of(s) != ObjectKey.Of(service)).SelectMany(Addresses).ToHashSet();
        var has = Addresses(service).Where(a => pool.Contains(a) && !taken.Contains(a)).ToList();
        if (service.Spec.LoadBalancerIP.Length > 0)
        {
            if (!IPAddress.TryParse(service.Spec.LoadBalancerIP, out var asked) || !pool.Contains(asked))
                return new([], $"the address {service.Spec.LoadBalancerIP} that spec.loadBalancerIP asks for is not in the pool");
            if (taken.Contains(asked))
                return new([], $"the address {asked} that spec.loadBalancerIP asks for belongs to another Service");
            has = [asked];
        }

        List<LoadBalancerIngress> ingress = [];
        foreach (var family in Families(service))
        {
            var address = has.FirstOrDefault(a => a.AddressFamily == family) ?? pool.Next(family, taken);
            // Who only prefers both families is content with one.
            if (address is null && service.Spec.LoadBalancerIP.Length == 0 && service.Spec.IpFamilyPolicy == "PreferDualStack" && pool.Next(Other(family), taken) is not null)
                continue;
            if (address is null && service.Spec.LoadBalancerIP.Length == 0)
                return new([], $"the pool has no free {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} address");
            if (address is not null)
                ingress.Add(new() { Ip = address.ToString(), IpMode = "VIP" });
        }
        return new(ingress.ToApiList());
    }

    private static AddressFamily Other(AddressFamily family) => family == AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    private static LoadBalancerPlan FromNodes(
        Service service, AddressPool pool, IReadOnlyCollection<Service> all, IReadOnlyCollection<Node> nodes, IEnumerable<EndpointSlice> slices)
    {
        foreach (var port in service.Spec.Ports)
        {
            if (port.Protocol == "TCP" && nodes.Any(n => n.Status.DaemonEndpoints.KubeletEndpoint.Port == port.Port))
                return new([], $"port {port.Port}/TCP of the nodes is their agents' own");
            var other = all
                .Where(s => !UsesPool(s, pool) && ObjectKey.Of(s) != ObjectKey.Of(service))
                .Where(s => s.Spec.Ports.Any(p => p.Port == port.Port && p.Protocol == port.Protocol))
                .FirstOrDefault(s => IsBefore(s, service));
            if (other is not null)
                return new([], $"port {port.Port}/{port.Protocol} of the nodes serves {ObjectKey.Of(other)} already");
        }

        HashSet<string>? serving = service.Spec.ExternalTrafficPolicy != "Local"
            ? null
            : [.. slices.SelectMany(s => s.Endpoints).Where(e => e.Conditions.Ready ?? true).Select(e => e.NodeName ?? "")];
        var families = Families(service).ToHashSet();
        var ingress = nodes
            .Where(n => n.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }) && !n.Metadata.Labels.ContainsKey(Excluded))
            .Where(n => serving is null || serving.Contains(n.Metadata.Name))
            .OrderBy(n => n.Metadata.Name, StringComparer.Ordinal)
            .SelectMany(n => OfNode(n, families))
            .Select(a => new LoadBalancerIngress { Ip = a, IpMode = "VIP" });
        return new(ingress.ToApiList());
    }

    private static IEnumerable<string> OfNode(Node node, HashSet<AddressFamily> families)
    {
        var external = node.Status.Addresses.Where(a => a.Type == "ExternalIP").ToList();
        return (external.Count > 0 ? external : node.Status.Addresses.Where(a => a.Type == "InternalIP"))
            .Select(a => a.Address)
            .Where(a => IPAddress.TryParse(a, out var address) && families.Contains(address.AddressFamily));
    }

    private static bool IsBefore(Service service, Service other)
    {
        var order = Nullable.Compare(service.Metadata.CreationTimestamp?.Value, other.Metadata.CreationTimestamp?.Value);
        return order != 0 ? order < 0 : string.CompareOrdinal(ObjectKey.Of(service).ToString(), ObjectKey.Of(other).ToString()) < 0;
    }

    private static IEnumerable<IPAddress> Addresses(Service service) =>
        service.Status.LoadBalancer.Ingress.Select(i => IPAddress.TryParse(i.Ip, out var address) ? address : null).OfType<IPAddress>();

    private static IEnumerable<AddressFamily> Families(Service service) =>
        (service.Spec.IpFamilies.IsEmpty ? ["IPv4"] : (IEnumerable<string>)service.Spec.IpFamilies)
            .Select(f => f == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork);
}
