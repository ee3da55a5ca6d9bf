using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.ApiServer.Strategies.Networking;

/// <summary>
/// How the fields of a service depend on each other: <c>clusterIP</c> is the first of <c>clusterIPs</c>, and a type that needs no
/// address or port gives up what the former type had, unless the user named it.
/// </summary>
public static class ServiceFields
{
    public static bool NeedsClusterIP(ServiceSpec spec) => spec.Type != "ExternalName";

    public static bool IsHeadless(ServiceSpec spec) => !spec.ClusterIPs.IsEmpty && spec.ClusterIPs[0] == "None";

    public static bool NeedsNodePort(ServiceSpec spec) =>
        spec.Type == "NodePort" || (spec.Type == "LoadBalancer" && spec.AllocateLoadBalancerNodePorts != false);

    public static bool NeedsHealthCheckNodePort(ServiceSpec spec) => spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    public static bool IsExternal(ServiceSpec spec) =>
        spec.Type is "LoadBalancer" or "NodePort" || (spec.Type == "ClusterIP" && !spec.ExternalIPs.IsEmpty);

    /// <summary>What the server gave to the service stays with it when an update does not mention it.</summary>
    public static Service KeepAllocated(Service value, Service old)
    {
        var (spec, before) = (value.Spec, old.Spec);
        if (NeedsClusterIP(spec) && NeedsClusterIP(before))
        {
            if (spec.ClusterIP.Length == 0 && spec.ClusterIPs.IsEmpty)
                spec = spec with { ClusterIP = before.ClusterIP, ClusterIPs = before.ClusterIPs };
        }

        if (NeedsNodePort(spec) && NeedsNodePort(before))
        {
            var named = spec.Ports.Where(p => p.NodePort != 0).Select(p => p.NodePort).ToHashSet();
            spec = spec with
            {
                Ports = spec.Ports.Map(p =>
                {
                    if (p.NodePort != 0 || before.Ports.LastOrDefault(b => b.Name == p.Name) is not { NodePort: not 0 } same || named.Contains(same.NodePort))
                        return p;
                    return p with { NodePort = same.NodePort };
                }),
            };
        }

        if (NeedsHealthCheckNodePort(spec) && NeedsHealthCheckNodePort(before) && spec.HealthCheckNodePort == 0)
            spec = spec with { HealthCheckNodePort = before.HealthCheckNodePort };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    public static Service Normalize(Service value, Service? old)
    {
        var spec = old is null ? NormalizeClusterIPs(value.Spec) : DropWhatTheTypeLost(NormalizeClusterIPs(value.Spec, old.Spec), old.Spec);
        var status = old is not null && spec.Type != "LoadBalancer" && value.Status.LoadBalancer != LoadBalancerStatus.Empty
            ? value.Status with { LoadBalancer = LoadBalancerStatus.Empty }
            : value.Status;
        return spec == value.Spec && status == value.Status ? value : value with { Spec = spec, Status = status };
    }

    // Clients that know only one address write only the one.
    private static ServiceSpec NormalizeClusterIPs(ServiceSpec spec) =>
        spec.ClusterIP.Length > 0 && spec.ClusterIPs.IsEmpty ? spec with { ClusterIPs = [spec.ClusterIP] } : spec;

    private static ServiceSpec NormalizeClusterIPs(ServiceSpec spec, ServiceSpec old)
    {
        if (spec.ClusterIP == old.ClusterIP)
            return !old.ClusterIPs.IsEmpty && spec.ClusterIPs.IsEmpty ? spec with { ClusterIPs = old.ClusterIPs } : spec;
        if (!spec.ClusterIPs.Equals(old.ClusterIPs))
            return spec;
        return spec with { ClusterIPs = spec.ClusterIP.Length == 0 ? [] : [spec.ClusterIP] };
    }

    private static ServiceSpec DropWhatTheTypeLost(ServiceSpec spec, ServiceSpec old)
    {
        if (NeedsClusterIP(old) && !NeedsClusterIP(spec))
        {
            if (spec.ClusterIP == old.ClusterIP && spec.ClusterIPs.Equals(old.ClusterIPs))
                spec = spec with { ClusterIP = "", ClusterIPs = [] };
            if (spec.IpFamilies.Equals(old.IpFamilies))
                spec = spec with { IpFamilies = [] };
            if (spec.IpFamilyPolicy == old.IpFamilyPolicy)
                spec = spec with { IpFamilyPolicy = null };
        }

        var hadPorts = old.Type is "NodePort" or "LoadBalancer";
        if (hadPorts && spec.Type is not ("NodePort" or "LoadBalancer")
            && spec.Ports.All(p => p.NodePort == 0 || old.Ports.Any(o => o.NodePort == p.NodePort)))
            spec = spec with { Ports = spec.Ports.Map(p => p.NodePort == 0 ? p : p with { NodePort = 0 }) };
        if (NeedsHealthCheckNodePort(old) && !NeedsHealthCheckNodePort(spec) && spec.HealthCheckNodePort == old.HealthCheckNodePort)
            spec = spec with { HealthCheckNodePort = 0 };
        if (old.Type == "LoadBalancer" && spec.Type != "LoadBalancer")
        {
            if (spec.AllocateLoadBalancerNodePorts == old.AllocateLoadBalancerNodePorts)
                spec = spec with { AllocateLoadBalancerNodePorts = null };
            if (spec.LoadBalancerClass == old.LoadBalancerClass)
                spec = spec with { LoadBalancerClass = null };
        }

        if (IsExternal(old) && !IsExternal(spec) && spec.ExternalTrafficPolicy == old.ExternalTrafficPolicy)
            spec = spec with { ExternalTrafficPolicy = "" };
        return spec;
    }
}
