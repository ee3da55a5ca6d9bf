using Berth.Api.Schema;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.Discovery;

/// <summary>What is served, by group and version, in the order in which discovery lists it.</summary>
public sealed class ServedGroups
{
    // As kube-apiserver orders them: a short name such as "events" means the first group that has it.
    private static readonly string[] s_order =
    [
        "", "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
        "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io",
        "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "resource.k8s.io", "flowcontrol.apiserver.k8s.io",
    ];

    public ServedGroups(RouteTable routes)
        : this(routes.All)
    {
    }

    public ServedGroups(IEnumerable<Route> routes) =>
        Groups =
        [
            .. routes.GroupBy(r => r.Kind.Group)
                .OrderBy(g => Array.IndexOf(s_order, g.Key) is >= 0 and var at ? at : int.MaxValue)
                .ThenBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new ServedGroup(g.Key, [.. g.GroupBy(r => r.Kind.Version).OrderBy(v => v.Key, VersionOrder.BestFirst).Select(v => new ServedVersion(v.Key, Resources(v)))])),
        ];

    public IReadOnlyList<ServedGroup> Groups { get; }

    /// <summary>Null when the group is not served.</summary>
    public ServedGroup? Find(string group) => Groups.FirstOrDefault(g => g.Name == group);

    private static IReadOnlyList<ServedResource> Resources(IEnumerable<Route> routes) =>
    [
        .. routes.GroupBy(r => r.Kind.Plural).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => new ServedResource(
            r.First().Kind,
            r.FirstOrDefault(route => route.Subresource is null)?.Verbs ?? [],
            [.. r.Where(route => route.Subresource is not null).OrderBy(route => route.Subresource!.Name, StringComparer.Ordinal)])),
    ];
}

public sealed record ServedGroup(string Name, IReadOnlyList<ServedVersion> Versions);

public sealed record ServedVersion(string Version, IReadOnlyList<ServedResource> Resources);

/// <param name="Verbs">Empty when only subresources are served.</param>
public sealed record ServedResource(KindInfo Kind, IReadOnlyList<string> Verbs, IReadOnlyList<Route> Subresources);
