using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Admission.Policies;

/// <summary>What policies need to know of a request besides its objects.</summary>
/// <param name="Namespace">Null for what is in none, and for namespaces themselves.</param>
/// <param name="Labels">Of the namespace, which for namespaces are their own; null for what is in none.</param>
internal sealed record PolicyRequest(AdmissionAttributes Attributes, string Name, Namespace? Namespace, ApiMap<string>? Labels)
{
    public static async ValueTask<PolicyRequest> OfAsync(
        IObjectReader objects, AdmissionAttributes attributes, IApiObject? value, IApiObject? old, CancellationToken cancellation)
    {
        var name = attributes.Name.Length > 0 ? attributes.Name : (value ?? old)?.Metadata.Name ?? "";
        if (attributes.Kind is { Group: "", Plural: "namespaces" })
            return new PolicyRequest(attributes, name, null, (value ?? old)?.Metadata.Labels ?? []);
        if (attributes.Namespace.Length == 0)
            return new PolicyRequest(attributes, name, null, null);
        var ns = await objects.GetAsync<Namespace>(null, attributes.Namespace, cancellation).ConfigureAwait(false);
        return new PolicyRequest(attributes, name, ns, ns?.Metadata.Labels ?? []);
    }
}
