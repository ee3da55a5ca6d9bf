using Berth.Api;
using Berth.Api.Networking.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission;

/// <summary>Gives an ingress that names no class the default one; of several, the newest.</summary>
public sealed class DefaultIngressClassPlugin(IObjectReader objects) : KindPlugin<Ingress>
{
    private const string DefaultAnnotation = "ingressclass.kubernetes.io/is-default-class";
    private const string ClassAnnotation = "kubernetes.io/ingress.class";

    public override string Name => "DefaultIngressClass";

    protected override ValueTask<Ingress> MutateAsync(AdmissionAttributes attributes, Ingress value, Ingress? old, CancellationToken cancellation)
    {
        if (attributes.Operation != AdmissionOperation.Create || value.Spec.IngressClassName is not null || value.Metadata.Annotations.ContainsKey(ClassAnnotation))
            return ValueTask.FromResult(value);
        var chosen = objects.List<IngressClass>()
            .Where(c => c.Metadata.Annotations.GetOr(DefaultAnnotation) == "true")
            .OrderByDescending(c => c.Metadata.CreationTimestamp?.Value).ThenBy(c => c.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return ValueTask.FromResult(chosen is null ? value : value with { Spec = value.Spec with { IngressClassName = chosen.Metadata.Name } });
    }
}
