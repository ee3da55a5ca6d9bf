using Berth.Api;

namespace Berth.Ingress.GatewayApi;

/// <summary>References from one namespace into another need a grant there. Pure.</summary>
internal static class ReferenceGrants
{
    public static bool Allow(
        IEnumerable<GatewayObject<ReferenceGrantKind>> grants, string fromGroup, string fromKind, string fromNamespace, string toGroup, string toKind, ObjectKey to) =>
        grants.Where(g => g.Metadata.Namespace == to.Namespace).Any(g =>
            g.Spec.Objects("from").Any(f => f.Text("group") == fromGroup && f.Text("kind") == fromKind && f.Text("namespace") == fromNamespace)
            && g.Spec.Objects("to").Any(t => (t.Text("group") ?? "") == toGroup && t.Text("kind") == toKind && t.Text("name") is var name && (string.IsNullOrEmpty(name) || name == to.Name)));
}
