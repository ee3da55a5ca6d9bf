using Berth.Api.Networking.V1;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class IngressStrategy : SpecAndStatusStrategy<Ingress>
{
    protected override Ingress WithoutStatus(Ingress value) => value with { Status = IngressStatus.Empty };

    protected override Ingress WithStatusOf(Ingress value, Ingress other) => value with { Status = other.Status };

    protected override Ingress WithSpecOf(Ingress value, Ingress other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Ingress value, Ingress other) => value.Spec == other.Spec;
}
