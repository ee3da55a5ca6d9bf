using Berth.Api.Networking.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class IngressStrategy : SpecAndStatusStrategy<Ingress>
{
    private const string ClassAnnotation = "kubernetes.io/ingress.class";


    public override void Validate(Ingress value, FieldErrors errors)
    {
        IngressRules.Validate(errors, FieldPath.Spec, value.Spec);
        if (value.Metadata.ResourceVersion.Length == 0 && value.Spec.IngressClassName is { } name
            && value.Metadata.Annotations.TryGetValue(ClassAnnotation, out var annotated) && annotated != name)
            errors.Invalid(FieldPath.Root["annotations"][ClassAnnotation], (object)annotated, "must match `ingressClassName` when both are specified");
    }

    public override void ValidateStatusUpdate(Ingress value, Ingress old, FieldErrors errors)
    {
        for (var i = 0; i < value.Status.LoadBalancer.Ingress.Count; i++)
        {
            var (item, path) = (value.Status.LoadBalancer.Ingress[i], FieldPath.Root["status"]["loadBalancer"]["ingress"][i]);
            if (item.Ip.Length > 0)
                IpRules.Address(errors, path["ip"], item.Ip, old.Status.LoadBalancer.Ingress.Select(o => o.Ip));
            if (item.Hostname.Length == 0)
                continue;
            errors.Invalid(path["hostname"], item.Hostname, NameSyntax.DnsSubdomain(item.Hostname));
            if (IpRules.Parse(item.Hostname) is not null)
                errors.Invalid(path["hostname"], (object)item.Hostname, "must be a DNS name, not an IP address");
        }
    }

    protected override Ingress WithoutStatus(Ingress value) => value with { Status = IngressStatus.Empty };

    protected override Ingress WithStatusOf(Ingress value, Ingress other) => value with { Status = other.Status };

    protected override Ingress WithSpecOf(Ingress value, Ingress other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Ingress value, Ingress other) => value.Spec == other.Spec;
}
