using System.Globalization;
using Berth.Api;
using Berth.Api.Networking.V1;
using Berth.Ingress.Routing;
using IngressObject = Berth.Api.Networking.V1.Ingress;

namespace Berth.Ingress.Sources;

/// <summary>From Ingress objects to routes. Pure, save that backends are asked for by key.</summary>
internal static class IngressReader
{
    /// <summary>The old way to name a class; it still wins where it is there.</summary>
    public const string ClassAnnotation = "kubernetes.io/ingress.class";

    public static string? ClassOf(IngressObject ingress) =>
        ingress.Metadata.Annotations.TryGetValue(ClassAnnotation, out var old) ? old : ingress.Spec.IngressClassName;

    public static IEnumerable<Route> Routes(IngressObject ingress, Func<BackendKey, Backend> backends)
    {
        var source = $"{ingress.Metadata.Namespace}/{ingress.Metadata.Name}";
        var created = ingress.Metadata.CreationTimestamp?.Value ?? default;
        if (ingress.Spec.DefaultBackend is { } fallback && KeyOf(ingress, fallback) is { } fallbackKey)
        {
            yield return new Route { IsDefault = true, Source = source, CreatedAt = created, Backend = backends(fallbackKey) };
            // Rules without paths lead to it too.
            foreach (var rule in ingress.Spec.Rules.Where(r => r.Http is null or { Paths.IsEmpty: true }))
                yield return new Route { Host = Lower(rule.Host), Source = source, CreatedAt = created, Backend = backends(fallbackKey) };
        }

        foreach (var rule in ingress.Spec.Rules)
        {
            foreach (var path in rule.Http?.Paths ?? [])
            {
                if (KeyOf(ingress, path.Backend) is not { } key)
                    continue;
                yield return new Route
                {
                    Host = Lower(rule.Host),
                    Path = path.PathType == "Exact" ? PathMatch.Exact(path.Path) : PathMatch.Prefix(path.Path),
                    Source = source,
                    CreatedAt = created,
                    Backend = backends(key),
                };
            }
        }
    }

    /// <summary>The names that each TLS Secret is for; an empty name for all that have none of their own.</summary>
    public static IEnumerable<(string Host, ObjectKey Secret)> Certificates(IngressObject ingress)
    {
        foreach (var tls in ingress.Spec.Tls.Where(t => t.SecretName.Length > 0))
        {
            var hosts = tls.Hosts.IsEmpty ? [.. ingress.Spec.Rules.Select(r => r.Host)] : tls.Hosts;
            foreach (var host in hosts.IsEmpty ? [""] : hosts)
                yield return (Lower(host), new ObjectKey(ingress.Metadata.Namespace, tls.SecretName));
        }
    }

    // Resources as backends are for controllers that have some; here they lead nowhere.
    private static BackendKey? KeyOf(IngressObject ingress, IngressBackend backend) => backend.Service is { } service
        ? new BackendKey(
            new ObjectKey(ingress.Metadata.Namespace, service.Name),
            service.Port.Name.Length > 0 ? service.Port.Name : service.Port.Number.ToString(CultureInfo.InvariantCulture))
        : null;

    private static string Lower(string host) => host.ToLowerInvariant();
}
