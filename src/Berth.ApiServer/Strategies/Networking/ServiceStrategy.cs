using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class ServiceStrategy : SpecAndStatusStrategy<Service>
{
    /// <summary>A client stays with one endpoint for three hours unless the service says otherwise.</summary>
    private const int AffinitySeconds = 10_800;

    public override NameRule NameRule => NameRule.DnsLabel;

    public override bool HasGeneration => false;

    public override IReadOnlyDictionary<string, Func<Service, string>> SelectableFields { get; } = new Dictionary<string, Func<Service, string>>
    {
        ["spec.clusterIP"] = s => s.Spec.ClusterIP,
        ["spec.type"] = s => s.Spec.Type,
    };

    public override Service Default(Service value)
    {
        var spec = value.Spec;
        var type = spec.Type.Length > 0 ? spec.Type : "ClusterIP";
        var affinity = spec.SessionAffinity.Length > 0 ? spec.SessionAffinity : "None";
        spec = spec with
        {
            Type = type,
            SessionAffinity = affinity,
            SessionAffinityConfig = affinity switch
            {
                "None" => null,
                "ClientIP" when spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds is null => new() { ClientIP = new() { TimeoutSeconds = AffinitySeconds } },
                _ => spec.SessionAffinityConfig,
            },
            Ports = spec.Ports.Map(Default),
            ExternalTrafficPolicy = spec.ExternalTrafficPolicy.Length == 0 && IsExternal(type, spec) ? "Cluster" : spec.ExternalTrafficPolicy,
            InternalTrafficPolicy = spec.InternalTrafficPolicy ?? (type is "NodePort" or "LoadBalancer" or "ClusterIP" ? "Cluster" : null),
            AllocateLoadBalancerNodePorts = spec.AllocateLoadBalancerNodePorts ?? (type == "LoadBalancer" ? true : null),
        };
        var result = spec == value.Spec ? value : value with { Spec = spec };
        if (type == "LoadBalancer")
        {
            var ingress = value.Status.LoadBalancer.Ingress.Map(i => i is { Ip.Length: > 0, IpMode: null } ? i with { IpMode = "VIP" } : i);
            if (!ReferenceEquals(ingress, value.Status.LoadBalancer.Ingress))
                result = result with { Status = result.Status with { LoadBalancer = result.Status.LoadBalancer with { Ingress = ingress } } };
        }

        return result;
    }

    public override Service PrepareForCreate(Service value) => ServiceFields.Normalize(WithoutStatus(value), null);

    public override Service PrepareForUpdate(Service value, Service old) => ServiceFields.Normalize(ServiceFields.KeepAllocated(WithStatusOf(value, old), old), old);

    public override void Validate(Service value, FieldErrors errors) => ServiceRules.Validate(errors, value);

    public override void ValidateUpdate(Service value, Service old, FieldErrors errors) => ServiceRules.ValidateUpdate(errors, value, old);

    public override void ValidateStatusUpdate(Service value, Service old, FieldErrors errors) => ServiceRules.ValidateStatus(errors, value, old);

    public override IEnumerable<string> Warnings(Service value, Service? old)
    {
        if (value.Spec is { Type: "ExternalName", ExternalIPs.IsEmpty: false })
            yield return "spec.externalIPs is ignored when spec.type is \"ExternalName\"";
        if (value.Spec is { Type: not "ExternalName", ExternalName.Length: > 0 })
            yield return "spec.externalName is ignored when spec.type is not \"ExternalName\"";
        if (value.Spec.TrafficDistribution == "PreferClose")
            yield return "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"";
    }

    protected override Service WithoutStatus(Service value) => value with { Status = ServiceStatus.Empty };

    protected override Service WithStatusOf(Service value, Service other) => value with { Status = other.Status };

    protected override Service WithSpecOf(Service value, Service other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Service value, Service other) => value.Spec == other.Spec;

    private static bool IsExternal(string type, ServiceSpec spec) =>
        type is "LoadBalancer" or "NodePort" || (type == "ClusterIP" && !spec.ExternalIPs.IsEmpty);

    private static ServicePort Default(ServicePort port)
    {
        var unset = port.TargetPort is { IsString: false, Int: 0 } or { IsString: true, String.Length: 0 };
        if (port.Protocol.Length > 0 && !unset)
            return port;
        return port with
        {
            Protocol = port.Protocol.Length > 0 ? port.Protocol : "TCP",
            TargetPort = unset ? port.Port : port.TargetPort,
        };
    }
}
