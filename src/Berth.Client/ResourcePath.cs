using Berth.Api.Schema;

namespace Berth.Client;

/// <summary>Paths of the Kubernetes API.</summary>
public static class ResourcePath
{
    /// <summary><c>/api/v1/namespaces/NS/pods/NAME/SUBRESOURCE</c> and its like.</summary>
    public static string Of(KindInfo kind, string? ns, string? name = null, string? subresource = null)
    {
        if (kind.Plural.Length == 0)
            throw new ArgumentException($"{kind} is not a collection; it has no path", nameof(kind));
        var path = kind.Group.Length == 0 ? $"/api/{kind.Version}/" : $"/apis/{kind.Group}/{kind.Version}/";
        if (kind.Namespaced && !string.IsNullOrEmpty(ns))
            path += $"namespaces/{Uri.EscapeDataString(ns)}/";
        path += kind.Plural;
        if (name is not null)
            path += "/" + Uri.EscapeDataString(name.Length > 0 ? name : throw new ArgumentException($"the name of a {kind.Kind} is empty", nameof(name)));
        return subresource is null ? path : $"{path}/{subresource}";
    }
}
